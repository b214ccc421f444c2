public import ColumnarFiles
import Datasets
import JSON
public import Support
public import TokenStatistics

/// How datasets are made from raw records.
public struct DatasetRecipe: Sendable, Hashable {
  /// The rows that are taken; they become part of the dataset's name.
  public var filters = ScoreFilters()
  /// The columns.
  public var schema = DatasetSchema.v1
  /// How Parquet pages are compressed.
  public var compression = ParquetCompression.snappy
  /// Whether damaged lines are left out instead of failing the dataset.
  public var skipsBadLines = false

  /// Makes the recipe of the original datasets: all rows, schema v1, snappy.
  public init() {}
}

/// Makes Hugging Face datasets from raw persona records.
///
/// Memory holds, of one dataset at a time, a batch of texts, the pages of a row group, the file of scores while it is
/// read, and the keys and scores of its records, 32 bytes each in a table of which at most three quarters are in use.
public struct DatasetMaker: Sendable {
  /// The folder that the datasets are put into.
  public let directory: String
  /// How datasets are made.
  public let recipe: DatasetRecipe
  /// Whether datasets that are there and unchanged are made again.
  public let remakesUnchanged: Bool

  /// The bytes above which a folder has several data files; only tests change it.
  var shardSize = DatasetWriter.usualShardSize

  /// Part of each fingerprint: changes when the same records would give other files.
  private static let formatVersion = 2

  /// Prepares to make datasets.
  public init(directory: String, recipe: DatasetRecipe = DatasetRecipe(), remakesUnchanged: Bool = false) {
    self.directory = directory
    self.recipe = recipe
    self.remakesUnchanged = remakesUnchanged
  }

  /// Makes a dataset, or finds it complete and unchanged.
  ///
  /// - Throws: `InputError` if a file cannot be read or written, a line is damaged, no row passes the filters, or
  ///   another run is making the dataset; what was there stays as it was then.
  public func make(_ job: GenerationJob) throws(InputError) -> MadeDataset {
    var scores = ScoreTable(dataset: job.name.description)
    if let path = job.persona.scoresPath { try scores.read(path) }
    if !remakesUnchanged, let found = try unchanged(job, scores.digest) { return found }
    // Whether any row has a score decides on the column's type, which comes first in the file: where the scores turn
    // out to be those of other rows, the rows are written again.
    let hasScores = scores.scoreCount > 0
    if let made = try make(job, &scores, hasScores: hasScores) { return made }
    scores.forgetRecords()
    guard hasScores, let made = try make(job, &scores, hasScores: false) else {
      throw InputError(.unreadable, dataset: job.name.description, "the records changed while they were read")
    }
    return made
  }

  /// Makes a dataset; nil if no row has a score although some were expected to.
  private func make(
    _ job: GenerationJob, _ scores: inout ScoreTable, hasScores: Bool
  ) throws(InputError) -> MadeDataset? {
    let schema = recipe.schema.arrowSchema(type: job.name.kind, hasScores: hasScores)
    var begun: DatasetWriter?
    var conversion = RawConversion(job, recipe: recipe)
    let hash = try conversion.run(&scores, hasScores: hasScores, writer: &begun) { () throws(InputError) in
      try DatasetWriter(
        job.name, schema: schema, compression: recipe.compression, directory: directory, shardSize: shardSize)
    }
    let contents = conversion.contents
    guard let writer = begun.take() else {
      let reason = recipe.filters.isEmpty ? "there are no records" : "no record passes the filters"
      throw InputError(
        .nothingFound, dataset: job.name.description, "\(reason) in \(job.persona.recordsPath); nothing was written")
    }
    if hasScores && contents.scoredRows == 0 { return nil }
    let sizes = try writer.finish(fingerprint: fingerprint(job, records: hash, scores: scores.digest))
    let places = DatasetWriter.places(of: job.name, in: directory)
    return MadeDataset(
      name: job.name, folder: places.folder, file: places.file, folderBytes: sizes.folder, fileBytes: sizes.file,
      contents: contents)
  }

  /// Whether ``make(_:)`` may find a dataset unchanged: something is there, complete or not.
  ///
  /// - Complexity: O(1). Only reading all of its records shows whether it is unchanged.
  public func mayBeUnchanged(_ job: GenerationJob) -> Bool {
    !remakesUnchanged && Files.exists(DatasetWriter.places(of: job.name, in: directory).folder)
  }

  /// The dataset if it is there and was made from the same records in the same way; nil if it must be made.
  private func unchanged(_ job: GenerationJob, _ scores: SHA256Digest) throws(InputError) -> MadeDataset? {
    guard let found = try StoredDataset.find(job.name, in: directory) else { return nil }
    let hash: UInt64
    do throws(FileError) { hash = try Self.hash(ofFile: job.persona.recordsPath) } catch {
      throw InputError(.unreadable, dataset: job.name.description, error.description)
    }
    guard found.fingerprint == fingerprint(job, records: hash, scores: scores) else { return nil }
    return MadeDataset(
      name: job.name, folder: found.folder.path, file: found.file.path, folderBytes: found.folder.bytes,
      fileBytes: found.file.bytes, contents: nil)
  }

  /// What the dataset depends on, in the 16 hexadecimal digits that the `datasets` library keeps for that.
  private func fingerprint(_ job: GenerationJob, records: UInt64, scores: SHA256Digest) -> String {
    let parts = [
      "tokenstats dataset \(Self.formatVersion)", job.name.description, recipe.schema.rawValue,
      recipe.compression.rawValue, "\(recipe.skipsBadLines)", String(records, radix: 16), scores.hex,
    ]
    let bytes = Array(parts.joined(separator: "\n").utf8)
    return String(SHA256Digest.of(bytes.span.bytes).hex.prefix(16))
  }

  private static func hash(ofFile path: String) throws(FileError) -> UInt64 {
    var reader = try FileReader(path: path)
    var hash = ContentHash()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try reader.read(into: &buffer, from: 0)
      if count == 0 { return hash.value }
      hash.update(buffer.span.bytes.extracting(0..<count))
    }
  }
}

/// A dataset in both forms that an earlier run has left.
struct StoredDataset {
  /// The folder.
  let folder: DatasetSource
  /// The Parquet file.
  let file: DatasetSource
  /// What the folder says that it was made from.
  let fingerprint: String

  /// Finds a dataset; nil if one of its files is missing or is found to be damaged.
  ///
  /// The JSON files must parse, each data file must begin and end as a complete one does, and both forms must have as
  /// many rows. Columns are not read: damage within them is not noticed.
  ///
  /// - Throws: `InputError` if a file is there and the system cannot read it.
  /// - Complexity: O(number of record batches).
  static func find(_ name: DatasetName, in directory: String) throws(InputError) -> StoredDataset? {
    let places = DatasetWriter.places(of: name, in: directory)
    do throws(FileError) {
      guard try json(Files.join(places.folder, "dataset_dict.json")) != nil,
        try json(Files.join(places.folder, "train/dataset_info.json"))?["features"]?.objectValue != nil,
        let state = try json(Files.join(places.folder, "train/state.json")),
        let fingerprint = state["_fingerprint"]?.stringValue,
        // The system has just read its JSON files, so what it objects to is missing or damaged.
        let folder = try? DatasetSource(path: places.folder, name: name),
        let file = try? DatasetSource(path: places.file, name: name),
        let rows = try rowCount(of: folder), try rowCount(of: file) == rows
      else { return nil }
      return StoredDataset(folder: folder, file: file, fingerprint: fingerprint)
    } catch {
      throw InputError(
        .unreadable, dataset: name.description, "\(error); mend that, or make the dataset again with --force")
    }
  }

  /// What a JSON file holds; nil if it is missing or not JSON.
  private static func json(_ path: String) throws(FileError) -> JSONValue? {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.read(path) } catch {
      if error.isMissing { return nil }
      throw error
    }
    return try? JSONDocument.parse(bytes)
  }

  /// The number of rows in all data files; nil if one is missing or damaged.
  private static func rowCount(of source: DatasetSource) throws(FileError) -> Int? {
    // The end of an Arrow stream is a message of length 0. That of a Parquet file is looked at when it is opened.
    let endOfStream: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    var rows = 0
    for file in source.files {
      let count: Int
      do throws(FileError) { count = try TableReader(path: file).countRows() } catch {
        if error.kind == .system, !error.isMissing { throw error }
        return nil
      }
      let (sum, overflows) = rows.addingReportingOverflow(count)
      guard !overflows else { return nil }
      rows = sum
      if source.format == .arrow, !FileReader.ends(file, with: endOfStream) { return nil }
    }
    return rows
  }
}
