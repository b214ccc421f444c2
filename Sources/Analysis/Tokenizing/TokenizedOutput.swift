import ColumnarFiles
import Datasets
import Support
import TokenStatistics

/// Writes tokenized conversations, packed or not, to a Parquet file or a folder of the `datasets` library.
struct TokenizedOutput: ~Copyable {
  /// Bytes of a batch's tokens, by which memory is bounded where conversations are long.
  private static let batchTokens = 1 << 20

  private let path: String
  private let packing: Int?
  private var table: TableOutput
  private var columns: TokenizedColumns
  /// Conversations that are packed once there are enough of them.
  private var window = TokenizedRows()
  /// Sequences so far.
  private(set) var sequences = 0

  /// Begins the output.
  ///
  /// - Parameter packing: the tokens of a sequence that conversations are packed into; nil for a sequence each.
  init(_ path: String, as form: RowOutputForm, packing: Int?) throws(InputError) {
    self.path = path
    self.packing = packing
    columns = TokenizedColumns(isPacked: packing != nil)
    table = try TableOutput.open(
      path, as: form, schema: HuggingFaceDataset.schema(TokenizedColumns.fields(isPacked: packing != nil)))
  }

  /// Takes the next conversations.
  mutating func append(_ rows: TokenizedRows) throws(InputError) {
    guard packing != nil else {
      for row in 0..<rows.count { try write([row], of: rows) }
      return
    }
    window.append(rows)
    while window.count >= TrainerPacking.batchRows { try pack(window.removeFirst(TrainerPacking.batchRows)) }
  }

  /// Completes the output and puts it under its name.
  ///
  /// - Returns: The sequences.
  consuming func finish() throws(InputError) -> Int {
    if window.count > 0 { try pack(window) }
    if columns.count > 0 { try flush() }
    let sequences = sequences
    try table.finish()
    return sequences
  }

  private mutating func pack(_ rows: TokenizedRows) throws(InputError) {
    guard let packing else { return }
    let lengths = (0..<rows.count).map { rows.range($0).count }
    for sequence in SequencePacking.bestFitDecreasing(lengths, limit: packing) {
      try write(sequence, of: rows, limit: packing)
    }
  }

  private mutating func write(_ sequence: [Int], of rows: TokenizedRows, limit: Int = .max) throws(InputError) {
    do throws(FileError) { try columns.append(sequence, of: rows, limit: limit) } catch {
      throw InputError(.unwritable, dataset: path, error.description)
    }
    sequences += 1
    if columns.count >= ArrowStreamWriter.usualBatchSize || columns.tokens >= Self.batchTokens { try flush() }
  }

  private mutating func flush() throws(InputError) {
    let batch: RecordBatch
    do throws(FileError) { batch = try columns.finishBatch() } catch {
      throw InputError(.unwritable, dataset: path, error.description)
    }
    try table.write(batch)
  }
}
