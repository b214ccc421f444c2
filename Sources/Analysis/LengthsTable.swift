import ColumnarFiles
import Support
import TokenStatistics

/// The file of lengths: a Parquet file with a row for every counted conversation.
///
/// Workers write a part for each dataset; at the end the parts become one file, in the order of the datasets' names, so
/// that the file does not depend on which worker was faster and memory not on the number of conversations.
struct LengthsTable: Sendable {
  /// The columns of datasets that are copied where they are there.
  static let copiedColumns = ["prompt_index", "question_index"]

  static let schema = Schema(
    [
      Field("dataset", .utf8), Field("model", .utf8), Field("row", .int64), Field("label", .utf8),
      Field("score", .int64), Field("prompt_index", .int64), Field("question_index", .int64),
      Field("total_tokens", .int64),
    ] + TokensByKind.kinds.map { Field($0.key, .int64) })

  /// Where the file will stand.
  let path: String
  /// The hidden folder beside it that holds the parts until then.
  private let folder: String

  init(path: String) {
    self.path = path
    folder = Files.join(Files.parent(of: path), ".\(Files.lastComponent(path)).unfinished")
  }

  /// Makes the folder of the parts; what an interrupted run left in it is removed.
  func prepare() throws(FileError) {
    guard !Files.isDirectory(path) else { throw FileError("write", path, reason: "this is a folder") }
    try AtomicFile.target(of: path)
    try discard()
    try Files.makeDirectories(folder)
  }

  /// Begins the part of a dataset.
  func part(for identity: DatasetIdentity) throws(ColumnarFileError) -> LengthsPart {
    try LengthsPart(identity, path: try partPath(identity.dataset))
  }

  /// Puts the parts of datasets together in the order given, and the file under its name.
  ///
  /// - Returns: The number of rows.
  func finish(_ datasets: [String]) throws(ColumnarFileError) -> Int {
    var writer = try ParquetWriter(path: path, schema: Self.schema)
    var rows = 0
    for dataset in datasets {
      var reader = try TableReader(path: try partPath(dataset))
      while let batch = try reader.nextBatch() {
        try writer.write(batch)
        rows += batch.rowCount
      }
    }
    _ = try writer.finish()
    return rows
  }

  /// Removes the parts.
  func discard() throws(FileError) { try Files.remove(folder) }

  private func partPath(_ dataset: String) throws(ColumnarFileError) -> String {
    do { return try FileName(dataset, suffix: ".parquet").path(in: folder) } catch { throw ColumnarFileError(error) }
  }
}
