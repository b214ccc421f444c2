import ColumnarFiles
import Support

/// Writes one part of a split as a folder of a `DatasetDict` and as a Parquet file.
struct SplitPartWriter: ~Copyable {
  /// Rows of a batch, as `save_to_disk` writes them.
  private static let batchRows = ArrowStreamWriter.usualBatchSize
  /// Bytes of contents after which a batch ends early.
  private static let batchBytes = 16 << 20
  private static let dataFile = "data-00000-of-00001.arrow"

  private let folder: String
  private let schema: Schema
  private var arrow: ArrowStreamWriter
  private var parquet: ParquetWriter
  private var builders = SplitRowBuilders()

  /// Begins a part; the folder, and that of the file, are there.
  init(folder: String, file: String, schema: Schema) throws(ColumnarFileError) {
    let arrow = try ArrowStreamWriter(path: Files.join(folder, Self.dataFile), schema: schema, isDurable: false)
    let parquet = try ParquetWriter(path: file, schema: schema, isDurable: false)
    self.arrow = arrow
    self.parquet = parquet
    self.folder = folder
    self.schema = schema
  }

  mutating func append(_ row: SplitRow, of batch: DatasetBatch, name: DatasetName) throws(ColumnarFileError) {
    try builders.append(row, of: batch, name: name)
    if builders.count >= Self.batchRows || builders.textBytes >= Self.batchBytes { try flush() }
  }

  /// Completes both forms.
  ///
  /// - Parameter fingerprint: 16 hexadecimal digits for `state.json`.
  consuming func finish(fingerprint: String) throws {
    if builders.count > 0 { try flush() }
    _ = try arrow.finish()
    _ = try parquet.finish()
    let state = HuggingFaceDataset.state(files: [Self.dataFile], fingerprint: fingerprint)
    try AtomicFile.write(state, to: Files.join(folder, "state.json"), isDurable: false)
    let information = HuggingFaceDataset.information(of: schema)
    try AtomicFile.write(information, to: Files.join(folder, "dataset_info.json"), isDurable: false)
  }

  private mutating func flush() throws(ColumnarFileError) {
    let batch = try builders.finishBatch(schema)
    try arrow.write(batch)
    try parquet.write(batch)
  }
}
