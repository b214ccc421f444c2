import Counting
import Datasets
import Support
import TokenStatistics

/// A source whose rows are to be counted, encoded or rendered one by one.
struct TextInput {
  /// Texts are read into memory in batches of about this many bytes.
  static let batchSize = 1 << 26

  /// What messages call the input.
  let name: String
  /// The rows.
  let source: DatasetSource
  /// Which rows are wanted.
  let filters: ScoreFilters

  /// Whether the rows are in a table, whose conversations are counted where they are.
  var isTable: Bool {
    switch source.format {
    case .arrow, .arrowStream, .arrowFile, .parquet: true
    case .jsonLines, .json, .csv, .tsv, .text: false
    }
  }

  /// Whether the rows are texts, for which no template is needed.
  var holdsTexts: Bool {
    if case .text? = source.shape?.form { true } else { false }
  }

  /// Finds the sources that arguments mean, and says what was guessed.
  ///
  /// - Parameters:
  ///   - selections: paths, `-` or names of datasets, and which rows are wanted.
  ///   - lookup: how sources are looked for.
  static func inputs(_ selections: [DatasetSelection], _ lookup: SourceLookup) throws(CommandFailure) -> [TextInput] {
    var lookup = lookup
    // The name is not shown.
    lookup.model = "any"
    lookup.streamsInput = true
    var inputs: [TextInput] = []
    for selection in selections {
      let sources: [DatasetSource]
      do throws(InputError) { sources = try lookup.sources(selection.dataset) } catch {
        throw CommandFailure(error)
      }
      for source in sources {
        let path = selection.dataset == "-" ? "standard input" : selection.dataset
        let parts = sources.count > 1 ? source.name.subject.split(separator: "__").map(String.init) : []
        let name = parts.isEmpty ? path : "\(path) (\(parts.dropFirst().joined(separator: ", ")))"
        inputs.append(
          TextInput(name: parts.count == 1 ? source.path : name, source: source, filters: selection.filters))
      }
    }
    for notice in lookup.notices { Messages.notice(notice) }
    if let failure = lookup.failures.first { throw CommandFailure(failure) }
    return inputs
  }

  /// What a scan reads of the source.
  ///
  /// - Parameter model: the model that counts.
  func job(countedWith model: String) -> ScanJob { ScanJob(source: source, filters: filters, model: model) }

  /// Reads all rows, conversations rendered, and hands them out in batches, one for each renderer; the batches are used
  /// again for the next texts.
  func forEachBatch(
    renderers: inout [RowRenderer], _ body: (inout [TextBatch]) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var batches = [TextBatch](repeating: TextBatch(), count: renderers.count)
    var reader = try reader(answersAtOnce: false)
    while let batch = try next(&reader) {
      for row in 0..<batch.count {
        do throws(InputError) {
          guard try filters.includes(row, of: batch) else { continue }
        } catch {
          for index in batches.indices { batches[index].append(failure: error.message) }
          continue
        }
        for index in batches.indices {
          do throws(InputError) { batches[index].append(try renderers[index].render(row, of: batch)) } catch {
            batches[index].append(failure: error.message)
          }
        }
      }
      guard batches[0].bytes.count >= Self.batchSize else { continue }
      try body(&batches)
      for index in batches.indices { batches[index].removeAll() }
    }
    if batches[0].count > 0 { try body(&batches) }
  }

  /// Whether a row is wanted.
  func includes(_ row: Int, of batch: DatasetBatch) throws(InputError) -> Bool {
    do throws(InputError) { return try filters.includes(row, of: batch) } catch {
      throw .unreadable(error.message)
    }
  }

  /// Opens the source.
  ///
  /// - Parameter answersAtOnce: whether rows are handed out as soon as they are there.
  func reader(answersAtOnce: Bool) throws(CommandFailure) -> DatasetReader {
    do throws(InputError) {
      return try DatasetReader(source, keepsMembers: true, answersAtOnce: answersAtOnce)
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
