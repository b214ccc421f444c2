import ChatTemplates
import Support
import Datasets
import PersonaData
import TokenStatistics

extension TextInput {
  /// Reads a dataset's conversations, rendered, in batches.
  func forEachBatchOfDataset(
    renderer: RowRenderer, _ body: (inout TextBatch) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var batch = TextBatch()
    var renderer = renderer
    var messages: [ChatMessage] = []
    var reader = try openDataset()
    while let rows = try nextRows(of: &reader) {
      for row in 0..<rows.count {
        do throws(RowFault) {
          guard try readMessages(of: row, in: rows, into: &messages) else { continue }
          batch.append(try renderer.render(messages, of: rows.text))
        } catch {
          batch.append(failure: error.message)
        }
      }
      guard batch.bytes.count >= Self.batchSize else { continue }
      // What is printed cannot be taken back.
      do { try reader.verify() } catch { throw CommandFailure(error.description) }
      try body(&batch)
      batch.removeAll()
    }
    if batch.count > 0 { try body(&batch) }
  }

  /// Reads the messages of a row, or returns false if the row is not wanted.
  private func readMessages(
    of row: Int, in rows: DatasetBatch, into messages: inout [ChatMessage]
  ) throws(RowFault) -> Bool {
    do throws(RowFailure) {
      if !selection.filters.isEmpty {
        let score = try rows.score(of: row)
        guard selection.filters.includes(score: score, label: rows.label(of: row)) else { return false }
      }
      try rows.readMessages(of: row, into: &messages)
    } catch {
      throw RowFault(error.message)
    }
    if let fault = rows.encodingFault(of: messages) { throw RowFault(fault) }
    return true
  }

  private func openDataset() throws(CommandFailure) -> DatasetReader {
    do throws(DatasetError) {
      return try DatasetReader(DatasetSource(path: path, name: try datasetName()))
    } catch {
      throw CommandFailure(error.description)
    }
  }

  /// The name that the path holds; any other name will do for reading.
  private func datasetName() throws(DatasetError) -> DatasetName {
    let last = Files.lastComponent(path)
    let stem = last.hasSuffix(".parquet") ? String(last.dropLast(".parquet".count)) : last
    do throws(DatasetNameError) {
      if let name = try? DatasetName(parsing: stem) { return name }
      return try DatasetName(model: "any", type: .trait, persona: "any")
    } catch {
      throw DatasetError(.name, dataset: path, error.description)
    }
  }

  private func nextRows(of reader: inout DatasetReader) throws(CommandFailure) -> DatasetBatch? {
    do {
      return try reader.nextBatch()
    } catch {
      throw CommandFailure(error.description)
    }
  }
}
