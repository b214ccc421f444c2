import ColumnarFiles
import Datasets
import Support

/// Writes a dataset as a folder, as `save_to_disk` does, and as a Parquet file.
///
/// Both are written in a hidden folder beside their place and take it when they are complete. Nothing waits for the
/// disk: datasets can be made again, and ``StoredDataset`` notices most of what a power failure cuts short.
struct DatasetWriter: ~Copyable {
  /// Sizes of what was written, in bytes.
  struct Sizes {
    var folder = 0
    var file = 0
  }

  /// The `max_shard_size` of `save_to_disk`, in bytes.
  static let usualShardSize = 500_000_000

  private let name: DatasetName
  private let schema: Schema
  private let directory: String
  private let workspace: String
  /// The workspace once it is held; removes it at the end.
  private var held: WorkFolder?
  private var arrow: ArrowStreamWriter?
  private var parquet: ParquetWriter?
  private let shardSize: Int
  private var rowCount = 0
  private var sizes = Sizes()

  /// Begins a dataset; what an interrupted run left of it is removed.
  ///
  /// - Parameter shardSize: the bytes above which the rows are split up into several data files.
  /// - Throws: `InputError` if files cannot be written, or another writer is at work on the dataset.
  init(
    _ name: DatasetName, schema: Schema, compression: ParquetCompression, directory: String,
    shardSize: Int = usualShardSize
  ) throws(InputError) {
    self.name = name
    self.schema = schema
    self.directory = directory
    self.shardSize = shardSize
    let options = ParquetWriter.Options(compression: compression)
    workspace = Files.hidden(beside: Files.join(directory, name.description), ending: "unfinished")
    do {
      held = try WorkFolder(workspace)
      try Files.makeDirectories(Files.join(workspace, "dataset/train"))
      parquet = try ParquetWriter(
        path: Files.join(workspace, "data.parquet"), schema: schema, options: options, isDurable: false)
    } catch { throw InputError(.unwritable, dataset: name.description, "\(error)") }
  }

  /// Where a dataset's folder and file are.
  static func places(of name: DatasetName, in directory: String) -> (folder: String, file: String) {
    (Files.join(directory, name.description), Files.join(directory, "\(name).parquet"))
  }

  /// Writes the rows of a batch.
  mutating func write(_ batch: RecordBatch) throws(InputError) {
    do {
      if arrow == nil { arrow = try ArrowStreamWriter(path: unsharded, schema: schema, isDurable: false) }
      try arrow?.write(batch)
      rowCount += batch.rowCount
      try parquet?.write(batch)
    } catch { throw InputError(.unwritable, dataset: name.description, "\(error)") }
  }

  /// Completes both forms and moves them to their place, replacing what was there.
  ///
  /// - Parameter fingerprint: 16 hexadecimal digits for `state.json`.
  consuming func finish(fingerprint: String) throws(InputError) -> Sizes {
    do {
      let files = try finishDataFiles()
      if let parquet = parquet.take() { sizes.file = try parquet.finish() }
      try write(HuggingFaceDataset.state(files: files, fingerprint: fingerprint), to: "train/state.json")
      try write(HuggingFaceDataset.information(of: schema), to: "train/dataset_info.json")
      try write(Array(#"{"splits": ["train"]}"#.utf8), to: "dataset_dict.json")
      try putInPlace()
      return sizes
    } catch { throw InputError(.unwritable, dataset: name.description, "\(error)") }
  }

  /// Ends the data file, splits it up if it is too large, and returns the names of the resulting files.
  private mutating func finishDataFiles() throws -> [String] {
    guard let arrow = arrow.take() else { return [] }
    // The formula of `save_to_disk`, which begins another file at exactly the limit.
    let count = arrow.bufferSize / shardSize + 1
    let size = try arrow.finish()
    let names = (0..<count).map { "data-\(Self.padded($0))-of-\(Self.padded(count)).arrow" }
    let folder = Files.join(workspace, "dataset/train")
    let paths = names.map { Files.join(folder, $0) }
    if count == 1 {
      try Files.rename(unsharded, to: paths[0])
      sizes.folder += size
    } else {
      sizes.folder += try DataFileCutter.cut(unsharded, rowCount: rowCount, schema: schema, into: paths)
    }
    return names
  }

  private mutating func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try AtomicFile.write(
      bytes.span.bytes, to: Files.join(Files.join(workspace, "dataset"), path), isDurable: false)
    sizes.folder += bytes.count
  }

  /// The folder comes last: its fingerprint says that both are there.
  private mutating func putInPlace() throws(FileError) {
    let places = Self.places(of: name, in: directory)
    do throws(FileError) {
      if Files.exists(places.folder) { try Files.rename(places.folder, to: replaced.folder) }
      if Files.exists(places.file) { try Files.replicate(places.file, as: replaced.file) }
      try Files.rename(Files.join(workspace, "data.parquet"), to: places.file)
      try Files.rename(Files.join(workspace, "dataset"), to: places.folder)
    } catch {
      try restore(after: error)
      throw error
    }
  }

  /// Puts back what was to be replaced: it must not be removed with the workspace.
  private mutating func restore(after failure: FileError) throws(FileError) {
    let places = Self.places(of: name, in: directory)
    do throws(FileError) {
      if Files.exists(replaced.file) { try Files.rename(replaced.file, to: places.file) }
      if Files.exists(replaced.folder) { try Files.rename(replaced.folder, to: places.folder) }
    } catch {
      held?.keep()
      throw FileError(
        failure.operation, failure.path, code: failure.code,
        reason: "\(failure.reason); what was there is in \(workspace), move it back (\(error))")
    }
  }

  /// Where what is replaced is kept until all is in its place.
  private var replaced: (folder: String, file: String) {
    (Files.join(workspace, "replaced"), Files.join(workspace, "replaced.parquet"))
  }

  private var unsharded: String { Files.join(workspace, "rows.arrow") }

  /// A number with five digits.
  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

/// Splits the rows of a data file up into several, as `Dataset.shard` does for `save_to_disk`: in order, and so that no
/// two files differ by more than one row.
enum DataFileCutter {
  /// Cuts a file.
  ///
  /// - Parameters:
  ///   - path: the file, which is left as it is.
  ///   - rowCount: number of its rows.
  ///   - schema: of all files.
  ///   - targets: the files to write, at least one.
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
