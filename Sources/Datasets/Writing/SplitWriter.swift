import ColumnarFiles
import JSON
public import Support

/// Writes a split: a folder with `dataset/` as `DatasetDict.save_to_disk` writes it, `parquet/{part}.parquet` and
/// `manifest.json`.
///
/// Everything is written in a hidden folder beside the final one, and moved there when it is complete.
public struct SplitWriter: ~Copyable {
  /// The columns to ask a reader for, beside the usual ones.
  public static var optionalColumns: [String] { SplitRowBuilders.optionalColumns }

  private static let manifest = "manifest.json"

  private let folder: String
  /// Where the split is written; removed at the end.
  private let workspace: WorkFolder
  private let parts: [String]
  private let writers: [PartBox]

  /// A writer in a class, so that an array can hold it.
  private final class PartBox {
    var writer: SplitPartWriter?

    init(_ writer: consuming SplitPartWriter) { self.writer = consume writer }
  }

  /// Says why a split cannot be written to `folder`; nil if it can.
  ///
  /// - Parameter replacing: whether an existing split may be replaced. Nothing but a split ever is.
  public static func obstacle(at folder: String, replacing: Bool) -> String? {
    guard Files.exists(folder) else { return PlacedFolder.leftover(of: folder, "split") }
    guard Files.isDirectory(folder) else { return "\(folder) is a file; name another folder" }
    if let entries = try? Files.list(folder), entries.isEmpty { return nil }
    guard Files.exists(Files.join(folder, manifest)), Files.isDirectory(Files.join(folder, "parquet")) else {
      return "\(folder) holds something else than a split, which is never replaced; name another folder"
    }
    return replacing ? nil : "\(folder) is there already: give --force to replace the split"
  }

  /// Begins a split; what an interrupted run left of it is removed.
  ///
  /// - Parameters:
  ///   - folder: the folder of the split.
  ///   - parts: the names of its parts.
  ///   - subjectColumn: the name of the column that says what a dataset is about.
  ///   - hasFractions: whether some score is no whole number; the column of scores is one of `float64` then.
  public init(folder: String, parts: [String], subjectColumn: String, hasFractions: Bool) throws(InputError) {
    let workspace = try Self.workspace(for: folder)
    writers = try Self.writers(
      of: parts, in: workspace.path, for: folder,
      fields: SplitRowBuilders.fields(subjectColumn: subjectColumn, hasFractions: hasFractions))
    self.workspace = workspace
    self.folder = folder
    self.parts = parts
  }

  private static func workspace(for folder: String) throws(InputError) -> WorkFolder {
    do { return try PlacedFolder.workspace(for: folder) } catch {
      throw InputError(.unwritable, dataset: folder, "\(error)")
    }
  }

  private static func writers(
    of parts: [String], in workspace: String, for folder: String, fields: [Field]
  ) throws(InputError) -> [PartBox] {
    let schema = HuggingFaceDataset.schema(fields)
    do {
      try Files.makeDirectories(Files.join(workspace, "split/parquet"))
      return try parts.map { part in
        let folder = try FileName(shortening: part).path(in: Files.join(workspace, "split/dataset"))
        try Files.makeDirectories(folder)
        let file = try FileName(shortening: part, suffix: ".parquet").path(in: Files.join(workspace, "split/parquet"))
        return PartBox(try SplitPartWriter(folder: folder, file: file, schema: schema))
      }
    } catch { throw InputError(.unwritable, dataset: folder, "\(error)") }
  }

  /// Writes a row to a part.
  ///
  /// - Parameters:
  ///   - part: the part's index among the names.
  ///   - batch: the rows around it, read with ``optionalColumns``.
  ///   - name: the name of their dataset.
  public mutating func append(
    _ row: SplitRow, to part: Int, of batch: DatasetBatch, name: DatasetName
  ) throws(InputError) {
    do throws(FileError) {
      try writers[part].writer?.append(row, of: batch, name: name)
    } catch { throw InputError(.unwritable, dataset: folder, error.description) }
  }

  /// Completes the split and moves it to its place, replacing what was there.
  ///
  /// - Parameter manifest: the text of `manifest.json`.
  public consuming func finish(manifest: [UInt8]) throws(InputError) {
    do {
      for (part, box) in zip(parts, writers) {
        let text = Array("tokenstats split \(part)\n".utf8) + manifest
        let fingerprint = String(SHA256Digest.of(text.span.bytes).hex.prefix(16))
        if let writer = box.writer.take() { try writer.finish(fingerprint: fingerprint) }
      }
      let splits = JSONValue.object(JSONObject([("splits", .array(parts.map(JSONValue.string)))]))
      let split = Files.join(workspace.path, "split")
      let dictionary = Files.join(split, "dataset/dataset_dict.json")
      try AtomicFile.write(splits.serialized(.python, ascii: true), to: dictionary, isDurable: false)
      try AtomicFile.write(manifest, to: Files.join(split, Self.manifest), isDurable: false)
      try PlacedFolder.put(split, at: folder)
    } catch { throw InputError(.unwritable, dataset: folder, "\(error)") }
  }
}

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

  /// Begins a part; its folder, and that of the file, must exist.
  init(folder: String, file: String, schema: Schema) throws(FileError) {
    let arrow = try ArrowStreamWriter(path: Files.join(folder, Self.dataFile), schema: schema, isDurable: false)
    let parquet = try ParquetWriter(path: file, schema: schema, isDurable: false)
    self.arrow = arrow
    self.parquet = parquet
    self.folder = folder
    self.schema = schema
  }

  mutating func append(_ row: SplitRow, of batch: DatasetBatch, name: DatasetName) throws(FileError) {
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

  private mutating func flush() throws(FileError) {
    let batch = try builders.finishBatch(schema)
    try arrow.write(batch)
    try parquet.write(batch)
  }
}
