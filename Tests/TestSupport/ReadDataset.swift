import ChatTemplates
public import Datasets
import Support
public import TokenStatistics

/// All rows of a dataset, copied.
public struct ReadDataset {
  /// A row; what cannot be read is missing.
  public struct Row: Equatable {
    /// The messages as `role: content`.
    public var messages: [String] = []
    /// The score.
    public var score: Score?
    /// The label.
    public var label: String?
    /// The values of the extra columns.
    public var extra: [String?] = []
  }

  /// All rows.
  public var rows: [Row] = []
  /// What could not be read.
  public var failures: [RowFailure] = []

  /// Reads a dataset.
  public init(_ source: DatasetSource, extraColumns: [String] = []) throws {
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
