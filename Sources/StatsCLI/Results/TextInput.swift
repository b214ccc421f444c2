import Counting
import Datasets
import Support

/// A file, a dataset or standard input whose texts are to be counted.
struct TextInput {
  /// How texts are stored in it.
  enum Format {
    /// A JSON string or object a line.
    case lines
    /// One text: the whole file.
    case plainText
    /// The conversations of a dataset, an Arrow folder or a Parquet file.
    case dataset
  }

  /// Texts are read into memory in batches of about this many bytes.
  static let batchSize = 1 << 26

  /// The path; `-` is standard input.
  let path: String
  /// What messages call the input.
  var name: String { path == "-" ? "standard input" : path }
  /// How texts are stored in it.
  let format: Format
  /// Which rows of a dataset are wanted.
  let selection: DatasetSelection

  /// - Parameters:
  ///   - argument: a path, `-`, or a dataset with a selection, `DATASET:label=pos,min_score=3`.
  ///   - isPlainText: whether every file is one text.
  ///   - folder: where datasets are looked for that are named without a path.
  init(_ argument: String, isPlainText: Bool, folder: String) throws(CommandFailure) {
    let selection: DatasetSelection
    do {
      selection = Files.exists(argument) ? DatasetSelection(dataset: argument) : try DatasetSelection(parsing: argument)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
    try self.init(selection, isPlainText: isPlainText, folder: folder)
  }

  /// - Parameters:
  ///   - selection: a path, `-` or a dataset's name, and which rows are wanted.
  ///   - isPlainText: whether every file is one text.
  ///   - folder: where datasets are looked for that are named without a path.
  init(_ selection: DatasetSelection, isPlainText: Bool, folder: String) throws(CommandFailure) {
    self.selection = selection
    path = try Self.path(of: selection.dataset, folder: folder)
    if Files.isDirectory(path) || path.hasSuffix(".parquet") {
      format = .dataset
    } else {
      format = isPlainText || path.hasSuffix(".txt") || path.hasSuffix(".md") ? .plainText : .lines
    }
  }

  /// Where an input stands: under its path, or as a dataset in the folder.
  private static func path(of input: String, folder: String) throws(CommandFailure) -> String {
    if input == "-" || Files.exists(input) { return input }
    do throws(InputError) {
      return try DatasetSource(named: input, inFolder: folder).path
    } catch {
      // Reading says what is not there.
      if error.kind == .missing { return input }
      throw CommandFailure(error.description)
    }
  }

  /// What a scan reads of a dataset under a model's name; nil for other inputs.
  ///
  /// - Parameter model: the model that counts, whatever the dataset's name says.
  func job(countedWith model: String) throws(CommandFailure) -> ScanJob? {
    guard format == .dataset else { return nil }
    do throws(InputError) {
      let source = try DatasetSource(path: path, name: DatasetName(ofFile: path, model: DatasetName.part(model)))
      return ScanJob(source: source, filters: selection.filters, model: model)
    } catch {
      throw CommandFailure(error.description)
    }
  }

  /// Reads all texts of an input that is no dataset, conversations rendered, and hands them out in batches, one for each
  /// renderer; the batches are used again for the next texts.
  func forEachBatch(
    renderers: inout [RowRenderer], _ body: (inout [TextBatch]) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var batches = [TextBatch](repeating: TextBatch(), count: renderers.count)
    switch format {
    case .lines: try forEachBatchOfLines(&batches, &renderers, body)
    case .plainText:
      let text = try wholeFile()
      for index in batches.indices { batches[index].append(text) }
      try body(&batches)
    case .dataset: return
    }
  }

  private func forEachBatchOfLines(
    _ batches: inout [TextBatch], _ renderers: inout [RowRenderer],
    _ body: (inout [TextBatch]) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var reader = try Self.lines(of: path)
    while try Self.next(&reader) {
      Self.append(reader.line, to: &batches, renderers: &renderers)
      guard batches[0].bytes.count >= Self.batchSize else { continue }
      try body(&batches)
      for index in batches.indices { batches[index].removeAll() }
    }
    if batches[0].count > 0 { try body(&batches) }
  }

  /// Opens an input of lines; nil or `-` for standard input.
  static func lines(of path: String?) throws(CommandFailure) -> LineReader {
    do throws(FileError) { return try LineReader(path: path) } catch { throw CommandFailure(error.description) }
  }

  /// Reads the next line of an input; false at its end.
  static func next(_ reader: inout LineReader) throws(CommandFailure) -> Bool {
    do throws(FileError) { return try reader.next() } catch { throw CommandFailure(error.description) }
  }

  private static func append(_ line: RawSpan, to batches: inout [TextBatch], renderers: inout [RowRenderer]) {
    if batches[0].append(decoding: line) {
      for index in batches.indices.dropFirst() { _ = batches[index].append(decoding: line) }
      return
    }
    let row: Result<TextRow, InputError>
    do throws(InputError) { row = .success(try TextRow(line)) } catch { row = .failure(error) }
    for index in batches.indices {
      do throws(InputError) { batches[index].append(try renderers[index].render(row.get())) } catch {
        batches[index].append(failure: error.message)
      }
    }
  }

  private func wholeFile() throws(CommandFailure) -> [UInt8] {
    do {
      return try path == "-" ? Files.readStandardInput() : Files.readInput(path)
    } catch {
      throw CommandFailure(error.description)
    }
  }
}
