import Datasets
import ColumnarFiles

/// Shares the rows of a data file out among several, as `Dataset.shard` does for `save_to_disk`: in their order, and so that
/// no two files differ by more than one row.
enum DataFileCutter {
  /// Cuts a file.
  ///
  /// - Parameters:
  ///   - path: the file, which is left as it is.
  ///   - rowCount: number of its rows.
  ///   - schema: of all files.
  ///   - targets: the files to write, one at least.
  /// - Returns: size of the files together, in bytes.
  /// - Complexity: O(size of the file), in memory for one of its batches.
  static func cut(
    _ path: String, rowCount: Int, schema: Schema, into targets: [String]
  ) throws -> Int {
    var source = try TableReader(path: path, isMapped: false)
    var batch = try source.nextBatch()
    var used = 0
    var size = 0
    let (share, larger) = rowCount.quotientAndRemainder(dividingBy: targets.count)
    for (index, target) in targets.enumerated() {
      var writer = try ArrowStreamWriter(path: target, schema: schema, isDurable: false)
      var missing = share + (index < larger ? 1 : 0)
      while missing > 0 {
        guard let current = batch else {
          throw InputError(.unreadable, dataset: path, "there are fewer than \(rowCount) rows")
        }
        let taken = min(missing, current.rowCount - used)
        if taken > 0 { try writer.write(current, rows: used..<used + taken) }
        missing -= taken
        used += taken
        if used == current.rowCount { (batch, used) = (try source.nextBatch(), 0) }
      }
      size += try writer.finish()
    }
    return size
  }
}
