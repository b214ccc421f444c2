import ChatTemplates
import Datasets
import Support
import TokenStatistics

/// All rows of a dataset, copied.
struct ReadDataset {
  struct Row: Equatable {
    var messages: [String] = []
    var score: Score?
    var label: String?
    var extra: [String?] = []
  }

  var rows: [Row] = []
  var failures: [RowFailure] = []

  init(_ source: DatasetSource, extraColumns: [String] = []) throws {
    var reader = try DatasetReader(source, extraColumns: extraColumns)
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        var copy = Row(label: batch.label(of: row))
        copy.extra = extraColumns.map { batch.text(of: $0, row: row) }
        do throws(InputError) {
          try batch.readMessages(of: row, into: &messages)
          copy.messages = messages.map { message in
            batch.text.extracting(message.content).withUnsafeBytes {
              "\(message.role.name): \(String(decoding: $0, as: UTF8.self))"
            }
          }
          copy.score = try batch.score(of: row)
        } catch { failures.append(RowFailure(row: batch.firstRow + row, error)) }
        rows.append(copy)
      }
    }
  }
}
