import ColumnarFiles
public import Support
import TokenStatistics

/// Finds what an argument means: a path, a pattern of paths, standard input, or a dataset's name.
public struct SourceLookup: Sendable {
  /// The folder of datasets that are named without a path.
  public var folder: String
  /// The model in the names of sources that do not name one; nil if there is none.
  public var model: String?
  /// The name of the source; nil where it is made of the path.
  public var name: String?
  /// The split that is read; nil for all.
  public var split: String?
  /// What is said outright about rows.
  public var shape = ShapeOptions()
  /// Whether each file is one text as it stands.
  public var isPlainText = false
  /// Whether each line is one text as it stands.
  public var isLines = false
  /// Where datasets are that are known by name alone; nil for nowhere.
  public var store: (any DatasetStore)?
  /// Whether a folder that is no dataset is walked, with the folders in it.
  public var walksFolders = false
  /// Whether there are further arguments, so that one that only describes data is passed over.
  public var isOneOfSeveral = false
  /// Whether standard input is read as it comes, once.
  public var streamsInput = false
  /// How much files may claim.
  public var limits = Limits()
  /// What was guessed and passed over: a guess once, however many files it is made of.
  public var notices: [String] {
    said
      + guesses.map { guess in
        let others = guess.files - 1
        let more = others > 0 ? "; so in \(others) more \(others == 1 ? "file" : "files")" : ""
        return "\(Files.shown(guess.first)): \(guess.words)\(more)"
      }
  }
  private var said: [String] = []
  /// What rows were taken for, with the first of the files.
  private var guesses: [(words: String, first: String, files: Int)] = []
  /// Datasets in folders that cannot be read.
  public private(set) var failures: [InputError] = []
  /// Files of a walked folder that are read as plain text for want of rows.
  private var plainFiles: [String] = []

  /// Makes a lookup.
  public init(folder: String) { self.folder = folder }

  /// Finds the sources that an argument means: one at least, but none where a description stands among others.
  ///
  /// - Throws: `InputError` if there is nothing, or what is wrong with it.
  public mutating func sources(_ argument: String) throws(InputError) -> [DatasetSource] {
    try found(argument).map { $0.bounded(by: limits) }
  }

  private mutating func found(_ argument: String) throws(InputError) -> [DatasetSource] {
    if argument == "-" { return try standardInput() }
    if let splits = try stored({ (store) throws(InputError) in try store.splits(ofAddress: argument) }, argument) {
      return try sources(of: splits, argument)
    }
    if Files.exists(argument) {
      // A pattern that the shell expands comes as several arguments.
      if isOneOfSeveral, Self.isDescription(argument) {
        passOver(description: argument)
        return []
      }
      return try sources(atPath: argument)
    }
    if let pattern = PathPattern(argument) {
      let paths: [String]
      do throws(FileError) { paths = try pattern.matches() } catch { throw .unreadable(error.description) }
      if !paths.isEmpty { return try sources(matching: paths, argument) }
      let named = try datasets(matching: pattern)
      if !named.isEmpty { return named }
      throw InputError(.missing, dataset: argument, "no file and no dataset in \(folder) matches")
    }
    let place = Files.join(folder, argument)
    if let path = [place, place + ".parquet", argument + ".parquet"].first(where: Files.exists) {
      return try sources(atPath: path)
    }
    // What is written like a file is one that is not there.
    if Self.isWrittenAsFile(argument) {
      throw InputError(.missing, dataset: argument, "there is no such file or folder")
    }
    if let splits = try stored({ (store) throws(InputError) in try store.splits(ofName: argument) }, argument) {
      return try sources(of: splits, argument)
    }
    throw InputError(.missing, dataset: argument, "there is no such file or folder, and no such dataset in \(folder)")
  }

  /// Whether text that names nothing that is there was meant as a file or folder: it begins as paths do, or ends as
  /// files do.
  public static func isWrittenAsFile(_ text: String) -> Bool {
    ["/", "./", "../"].contains { text.hasPrefix($0) } || SourceNaming.hasEnding(text)
  }

  // MARK: Datasets of a store

  private func stored(
    _ find: (any DatasetStore) throws(InputError) -> [StoredSplit]?, _ argument: String
  ) throws(InputError) -> [StoredSplit]? {
    guard let store else { return nil }
    do throws(InputError) { return try find(store) } catch {
      throw error.dataset.isEmpty ? error.named(argument) : error
    }
  }

  private mutating func sources(of splits: [StoredSplit], _ argument: String) throws(InputError) -> [DatasetSource] {
    if let plan = splits.compactMap(\.plan).first {
      let chosen = splits.filter { split == nil || $0.split == split }
      if chosen.isEmpty, let split { throw Self.noSplit(split, of: Set(splits.map(\.split)).sorted(), in: argument) }
      throw InputError(.hub(.planned), dataset: argument, "\(plan), and counted as \(chosen.summary)")
    }
    let entries = splits.map { FolderContents.Entry(name: $0.name, split: $0.split, kind: .files($0.files)) }
    var sources: [DatasetSource] = []
    for entry in FolderContents.Entry.suffixed(entries) { sources += try self.sources(of: entry) }
    return try ofSplit(sources, in: argument)
  }

  // MARK: Standard input

  private mutating func standardInput() throws(InputError) -> [DatasetSource] {
    if let path = SpooledInput.fileOfStandardInput { return try sources(ofFile: path, named: "stdin") }
    if streamsInput {
      let layout: RecordLayout = isPlainText ? .whole : .lines
      return [
        DatasetSource(
          name: try made("stdin", split: nil, side: nil), path: "-",
          format: isPlainText || isLines ? .text : .jsonLines,
          files: try MeasuredFiles(["-"]), layout: layout,
          shape: RowShape.guesses(columns: [], options: shape).first?.shape, isNamedByData: false)
      ]
    }
    let spooled: SpooledInput
    do throws(FileError) { spooled = try SpooledInput() } catch { throw .unreadable(error.description) }
    return try sources(ofFile: spooled.path, named: "stdin").map { $0.keeping(spooled) }
  }

  // MARK: Paths

  private mutating func sources(atPath path: String) throws(InputError) -> [DatasetSource] {
    guard Files.isDirectory(path) else { return try sources(ofFile: path) }
    var contents = FolderContents(path, walks: walksFolders)
    let found = try contents.entries()
    said += contents.notices
    failures += contents.failures
    var sources: [DatasetSource] = []
    plainFiles = []
    for entry in found {
      do throws(InputError) { sources += try self.sources(of: entry) } catch {
        guard entry.isWalked || (entry.isFile && found.count > 1) else { throw error }
        failures.append(error)
      }
    }
    if sources.isEmpty, let failure = failures.first { throw failure }
    if let first = plainFiles.first {
      let words = plainFiles.count == 1 ? "1 file" : "\(plainFiles.count) files"
      said.append("\(path): \(words) without rows of a known shape read as plain text, such as \(first)")
    }
    return try ofSplit(sources, in: path)
  }

  private mutating func sources(matching paths: [String], _ argument: String) throws(InputError) -> [DatasetSource] {
    let hasOthers = paths.contains { !Self.isDescription($0) }
    var files: [String] = []
    for path in paths where !Files.isDirectory(path) {
      if hasOthers, Self.isDescription(path) { passOver(description: path) } else { files.append(path) }
    }
    let (groups, others) = try ShardNames.groups(of: files)
    var entries: [FolderContents.Entry] = []
    for group in groups {
      let hasOwnName = !group.base.isEmpty && group.split == nil
      let folder = Files.lastComponent(Files.absolute(Files.parent(of: group.files[0])))
      let name = hasOwnName ? group.base : folder
      entries.append(FolderContents.Entry(name: name, split: group.split, kind: .files(group.files)))
    }
    var sources: [DatasetSource] = []
    for entry in FolderContents.Entry.suffixed(entries) { sources += try self.sources(of: entry) }
    // A folder and a file of one name are one dataset.
    let folders = paths.filter { Files.isDirectory($0) }
    let twins = Set(folders.map { $0 + ".parquet" })
    for file in others where !twins.contains(file) {
      sources += try self.sources(ofFile: file)
    }
    for folder in folders { sources += try self.sources(atPath: folder) }
    return try ofSplit(sources, in: argument)
  }

  /// Whether a file describes those beside it by its name.
  private static func isDescription(_ path: String) -> Bool { Files.lastComponent(path) == DescribedShape.fileName }

  private mutating func passOver(description path: String) {
    said.append("\(path): passed over, it describes the files beside it")
  }

  /// The sources of the split that is asked for.
  private mutating func ofSplit(_ sources: [DatasetSource], in place: String) throws(InputError) -> [DatasetSource] {
    var splits: [String] = []
    for case let split? in sources.map(\.split) where !splits.contains(split) { splits.append(split) }
    guard let split else {
      if splits.count > 1 {
        said.append("\(place): the splits \(splits.joined(separator: ", ")) are read; --split-name reads one")
      }
      return sources
    }
    let chosen = sources.filter { $0.split == split || ($0.split == nil && splits.isEmpty && split == "train") }
    guard !chosen.isEmpty else { throw Self.noSplit(split, of: splits, in: place) }
    return chosen
  }

  private static func noSplit(_ split: String, of splits: [String], in place: String) -> InputError {
    InputError(
      .emptySelection, dataset: "",
      splits.isEmpty
        ? "\(place) has no splits, so none is called \(split)"
        : "\(place) has no split \(split); the splits are \(splits.joined(separator: ", "))"
          + CloseNames.question(CloseNames.of(split, in: splits)))
  }

  /// Datasets whose names match.
  private mutating func datasets(matching pattern: PathPattern) throws(InputError) -> [DatasetSource] {
    guard let directory = try? DatasetDirectory.scan(folder) else { return [] }
    return directory.datasets.filter { pattern.matches($0.name.description) }
  }

  // MARK: Sources

  private mutating func sources(of entry: FolderContents.Entry) throws(InputError) -> [DatasetSource] {
    switch entry.kind {
    case .named(let source):
      // What is said outright stands above what the name lets expect.
      return shape == ShapeOptions() ? [source] : try sources(atPath: source.path)
    case .saved(let path):
      let files: MeasuredFiles
      do throws(InputError) { files = try MeasuredFiles(DatasetSource.dataFiles(ofSplit: path)) } catch {
        throw error.named(entry.name)
      }
      return try sources(
        path: path, name: entry.name, split: entry.split, hasSuffix: entry.hasSuffix, format: .arrow, layout: nil,
        files: files)
    case .files(let files):
      let measured: MeasuredFiles
      let kind: StoredKind
      do throws(InputError) {
        measured = try MeasuredFiles(files)
        kind = try entry.isWalked ? walkedKind(of: files[0]) : self.kind(of: files[0])
      } catch { throw error.named(entry.isWalked ? files[0] : entry.name) }
      do throws(InputError) {
        return try sources(
          path: files.count == 1 ? files[0] : Files.parent(of: files[0]), name: entry.name, split: entry.split,
          hasSuffix: entry.hasSuffix, format: kind.format, layout: kind.layout, files: measured)
      } catch { throw error.dataset.isEmpty ? error.named(files[0]) : error }
    }
  }

  /// The kind of a file of a walked folder: what is text and has no rows of a known shape is plain text.
  private mutating func walkedKind(of path: String) throws(InputError) -> StoredKind {
    let plain = StoredKind(.text, layout: .whole)
    // What is no text and no table was left out by the walk.
    guard let kind = try? self.kind(of: path) else {
      plainFiles.append(path)
      return plain
    }
    guard kind.layout != nil, kind.format != .text, shape == ShapeOptions() else { return kind }
    if try DescribedShape.shapes(of: path) != nil { return kind }
    let sample = try ShapeSample(of: path, kind: kind, limits: limits)
    let hasRows = sample.holdsTexts || !sample.guesses(shape).isEmpty
    guard !hasRows, kind != StoredKind(.jsonLines, layout: .lines) || !sample.columns.isEmpty else { return kind }
    plainFiles.append(path)
    return plain
  }

  private mutating func sources(ofFile path: String, named own: String? = nil) throws(InputError) -> [DatasetSource] {
    do throws(InputError) {
      guard let status = Files.status(path), status.isRegular else {
        throw .unreadable(FileError.noRegularFile("read", path).description)
      }
      let kind = try kind(of: path)
      return try sources(
        path: path, name: own ?? SourceNaming.stem(of: path), split: nil, hasSuffix: false, format: kind.format,
        layout: kind.layout, files: MeasuredFiles([path]))
    } catch { throw error.dataset.isEmpty ? error.named(own ?? path) : error }
  }

  private func kind(of path: String) throws(InputError) -> StoredKind {
    try StoredKind(
      of: path,
      options: StoredKind.Options(
        isPlainText: isPlainText, isLines: isLines, columns: shape.namedColumns, limits: limits))
  }

  /// The sources in some files: one, or one for each conversation of a row.
  private mutating func sources(
    path: String, name: String, split: String?, hasSuffix: Bool, format: DatasetSource.Format, layout: RecordLayout?,
    files: MeasuredFiles
  ) throws(InputError) -> [DatasetSource] {
    let sample = try ShapeSample(of: files.paths[0], kind: StoredKind(format, layout: layout), limits: limits)
    let described = shape == ShapeOptions() ? try DescribedShape.shapes(of: files.paths[0]) : nil
    let shapes = described ?? (format == .text ? [] : sample.guesses(shape))
    if shapes.isEmpty, sample.needsColumn { throw .noRows(among: sample.columns) }
    if described == nil, shape == ShapeOptions(), let words = sample.words(on: shapes) { note(words, of: path) }
    if described != nil { note("rows are read as \(DescribedShape.fileName) describes them", of: path) }
    if !sample.unknownMembers.isEmpty {
      note("members of messages beside the known ones: \(sample.unknownMembers.joined(separator: ", "))", of: path)
    }
    let sides = shapes.isEmpty ? [(side: SourceSide?.none, shape: RowShape?.none)] : shapes.map { ($0.side, $0.shape) }
    var sources: [DatasetSource] = []
    let columns = shapes.flatMap(\.shape.contentColumns)
    for (side, guessed) in sides {
      var shape = guessed
      shape?.otherColumns = columns
      shape?.side = shapes.count > 1 ? side : nil
      let own = side == nil && !hasSuffix ? try? DatasetName(parsing: name) : nil
      let named = if let own { own } else { try made(name, split: hasSuffix ? split : nil, side: side) }
      sources.append(
        DatasetSource(
          name: named, path: path, format: format, files: files, layout: layout, shape: shape, split: split,
          isNamedByData: own != nil))
    }
    return sources
  }

  private mutating func note(_ words: String, of path: String) {
    if let index = guesses.firstIndex(where: { $0.words == words }) {
      guesses[index].files += 1
    } else {
      guesses.append((words, path, 1))
    }
  }

  /// A name of a path, or the one that was given.
  private func made(_ name: String, split: String?, side: SourceSide?) throws(InputError) -> DatasetName {
    guard let model else {
      throw InputError(
        .unknownModel, dataset: name, "its name holds no model: say with --model what to count with")
    }
    return try DatasetName(
      model: model, kind: .dataset, subject: SourceNaming.subject(self.name ?? name, split: split, side: side))
  }
}
