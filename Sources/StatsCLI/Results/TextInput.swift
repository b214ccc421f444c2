import ChatTemplates
import Counting
import Datasets
import Support
import TokenStatistics

/// A source whose rows are to be counted, encoded or rendered one by one.
struct TextInput {
  /// Texts are read into memory in batches of about this many bytes.
  static let batchSize = 1 << 26
  /// Room that is made for the texts of a batch of rows before they are there.
  private static let reservedSize = 1 << 22

  /// What messages call the input.
  let name: String
  /// The rows.
  let source: DatasetSource
  /// Which rows are wanted.
  let filters: ScoreFilters
  /// The columns that the user names as arguments of the template, which must be there.
  var templateColumns: [String] = []

  /// Whether the rows are in a table, whose conversations are counted where they are.
  var isTable: Bool { source.isTable }

  /// Whether the rows are texts, for which no template is needed.
  var holdsTexts: Bool {
    if case .text? = source.shape?.form { true } else { false }
  }

  /// Finds the sources that arguments mean, and says what was guessed.
  ///
  /// - Parameters:
  ///   - selections: paths, `-` or names of datasets, and which rows are wanted.
  ///   - lookup: how sources are looked for.
  ///   - templateColumns: columns that must be there as arguments of the template.
  ///   - streamsInput: whether standard input is read while it comes, once.
  /// - Returns: The sources, and what is wrong with those that cannot be read.
  /// - Throws: `CommandFailure` if nothing can be read at all, or the user asked to stop.
  static func find(
    _ selections: [DatasetSelection], _ lookup: SourceLookup, templateColumns: [String], streamsInput: Bool = true
  ) throws(CommandFailure) -> (inputs: [TextInput], failures: [InputError]) {
    var lookup = lookup
    // The name is not shown.
    lookup.model = "any"
    lookup.streamsInput = streamsInput
    lookup.walksFolders = true
    lookup.isOneOfSeveral = selections.count > 1
    var inputs: [TextInput] = []
    var failures: [InputError] = []
    for selection in selections {
      do throws(InputError) {
        let sources = try lookup.sources(selection.dataset)
        let names = Self.names(of: sources, selection.dataset)
        for (source, name) in zip(sources, names) {
          inputs.append(
            TextInput(name: name, source: source, filters: selection.filters, templateColumns: templateColumns))
        }
      } catch {
        if case .hub(.interrupted) = error.kind { throw CommandFailure(error) }
        failures.append(error)
      }
    }
    for notice in NameList.grouped(lookup.notices) { Messages.notice(notice) }
    failures += lookup.failures
    if inputs.isEmpty, let failure = failures.first { throw CommandFailure(failure) }
    return (inputs, failures)
  }

  /// Finds the sources that arguments mean, all of which must be readable.
  static func inputs(
    _ selections: [DatasetSelection], _ lookup: SourceLookup, templateColumns: [String]
  ) throws(CommandFailure) -> [TextInput] {
    let (inputs, failures) = try find(selections, lookup, templateColumns: templateColumns)
    if let failure = failures.first { throw CommandFailure(failure) }
    return inputs
  }

  /// What sources of one argument are called: their files; else the argument, with the configuration, split and side
  /// where there are several.
  private static func names(of sources: [DatasetSource], _ argument: String) -> [String] {
    let argument = argument == "-" ? "standard input" : argument
    let subjects = sources.map { $0.name.subject.split(atBytesOf: "__").map(String.init) }
    let hasConfigurations = sources.allSatisfy { $0.split != nil } && Set(subjects.map(\.first)).count > 1
    let isFolder = Files.isDirectory(argument)
    return zip(sources, subjects).map { source, parts in
      let isFile = source.split == nil && (sources.count > 1 || isFolder)
      guard !source.isNamedByData else { return isFile ? Files.shown(source.path) : argument }
      let base = isFile && source.files == [source.path] ? Files.shown(source.path) : argument
      let suffix = sources.count == 1 ? [] : hasConfigurations ? parts : Array(parts.dropFirst())
      return suffix.isEmpty ? base : "\(base) (\(suffix.joined(separator: ", ")))"
    }
  }

  /// What a scan reads of the source.
  ///
  /// - Parameter model: the model that counts.
  func job(countedWith model: String) -> ScanJob { ScanJob(source: source, filters: filters, model: model) }

  /// Texts in memory, for each model.
  struct Batch {
    /// The texts as each model reads them.
    var texts: [TextBatch]
    /// Where each of them is in the input.
    var places: [RowPlace] = []
    /// What became of images, sounds and films, as the first model has it.
    var media = RenderedMedia()
    /// Tokens that are no part of the texts, by position, for each model.
    var added: [[Int: Int]]

    init(models: Int) {
      texts = [TextBatch](repeating: TextBatch(), count: models)
      added = [[Int: Int]](repeating: [:], count: models)
    }

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
      for index in texts.indices { texts[index].removeAll() }
      places.removeAll(keepingCapacity: true)
      media = RenderedMedia()
      for index in added.indices { added[index].removeAll() }
    }
  }

  /// Reads all rows, conversations rendered, and hands them out in batches, one for each renderer; the batches are used
  /// again for the next texts.
  ///
  /// - Parameter body: takes texts and says whether it wants more.
  /// - Throws: `CommandFailure` if the input cannot be read.
  func forEachBatch(
    renderers: inout [RowRenderer], _ body: (inout Batch) -> Bool
  ) throws(CommandFailure) {
    var texts = Batch(models: renderers.count)
    var reader = try reader(answersAtOnce: false, readsImages: renderers.contains(where: \.readsImages))
    while let batch = try next(&reader) {
      // Most rows come to about their own length.
      for index in renderers.indices { texts.texts[index].reserve(min(batch.text.byteCount, Self.reservedSize)) }
      for row in 0..<batch.count {
        do throws(InputError) {
          guard try filters.includes(row, of: batch) else { continue }
        } catch {
          for index in renderers.indices { texts.texts[index].append(failure: error.message) }
          texts.places.append(batch.place(of: row))
          continue
        }
        texts.places.append(batch.place(of: row))
        for index in renderers.indices {
          do throws(InputError) { texts.texts[index].append(try renderers[index].render(row, of: batch)) } catch {
            texts.texts[index].append(failure: error.message + TemplateError.place(renderers[index].failedLine))
            continue
          }
          guard renderers[index].hasMedia else { continue }
          let media = renderers[index].chat.media
          if media.addedTokens > 0 { texts.added[index][texts.places.count - 1] = media.addedTokens }
          if index == 0 { texts.media.add(media) }
        }
      }
      guard texts.texts[0].bytes.count >= Self.batchSize else { continue }
      guard body(&texts) else { return }
      texts.removeAll()
    }
    if !texts.places.isEmpty { _ = body(&texts) }
  }

  /// Whether a row is wanted.
  func includes(_ row: Int, of batch: DatasetBatch) throws(InputError) -> Bool {
    do throws(InputError) { return try filters.includes(row, of: batch) } catch {
      throw .unreadable(error.message)
    }
  }

  /// Opens the source.
  ///
  /// - Parameters:
  ///   - answersAtOnce: whether rows are handed out as soon as they are there.
  ///   - readsImages: whether sizes of images are read.
  func reader(answersAtOnce: Bool, readsImages: Bool) throws(CommandFailure) -> DatasetReader {
    do throws(InputError) {
      return try DatasetReader(
        source, argumentColumns: templateColumns, keepsMembers: source.holdsJSON, answersAtOnce: answersAtOnce,
        readsImages: readsImages)
    } catch { throw CommandFailure(error.named(name)) }
  }

  /// Reads the next rows; nil after the last.
  func next(_ reader: inout DatasetReader) throws(CommandFailure) -> DatasetBatch? {
    do throws(InputError) { return try reader.nextBatch() } catch { throw CommandFailure(error.named(name)) }
  }

  /// Opens an input of lines; nil or `-` for standard input.
  static func lines(of path: String?) throws(CommandFailure) -> LineReader {
    do throws(FileError) { return try LineReader(path: path) } catch { throw CommandFailure(error.description) }
  }

  /// Reads the next line of an input; false at its end.
  static func next(_ reader: inout LineReader) throws(CommandFailure) -> Bool {
    do throws(FileError) { return try reader.next() } catch { throw CommandFailure(error.description) }
  }
}
