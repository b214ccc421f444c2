import ColumnarFiles
public import Datasets
import Support

/// Makes Hugging Face datasets from raw persona records.
///
/// Memory holds, of one dataset at a time, a batch of texts and the pages of a row group, and of the keys and scores of its
/// records at most 32 MiB: more are put into a temporary file on the disk of the folder. It does not grow with the records'
/// file but by what Parquet's footer says of each row group.
public struct DatasetMaker: Sendable {
  /// The folder that the datasets are put into.
  public let directory: String
  /// How datasets are made.
  public let recipe: DatasetRecipe
  /// Whether datasets that are there and unchanged are made again.
  public let remakesUnchanged: Bool

  /// Bytes from which on a folder has several data files; only tests ask for others than usual.
  var shardSize = DatasetWriter.usualShardSize
  /// What memory holds of the records' keys; only tests ask for others than usual.
  var tableLimits = RecordTable.Limits()

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
  /// - Throws: `InputError` where a file cannot be read or written, a line is damaged, no row passes the filters, or
  ///   another run is making the dataset; what was there stays as it was then.
  public func make(_ job: GenerationJob) throws(InputError) -> MadeDataset {
    var scores = ScoreTable(dataset: job.name.description, spillingNear: directory, limits: tableLimits)
    if let path = job.persona.scoresPath { try scores.read(path) }
    if !remakesUnchanged, let found = try unchanged(job, scores.digest) { return found }
    // Whether any row has a score decides on the column's type, which stands at the file's start: where the scores turn
    // out to be those of other rows, the rows are written again.
    let hasScores = scores.scoreCount > 0
    if let made = try make(job, &scores, hasScores: hasScores) { return made }
    try scores.forgetRecords()
    guard hasScores, let made = try make(job, &scores, hasScores: false) else {
      throw InputError(.unreadable, dataset: job.name.description, "the records changed while they were read")
    }
    return made
  }

  /// Makes a dataset; nil where no row has a score although some were expected to.
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

  /// Whether ``make(_:)`` may find a dataset unchanged: it is there, be it as it should or not.
  ///
  /// - Complexity: O(1); whether it is unchanged only reading all its records tells.
  public func mayBeUnchanged(_ job: GenerationJob) -> Bool {
    !remakesUnchanged && Files.exists(DatasetWriter.places(of: job.name, in: directory).folder)
  }

  /// The dataset where it is there and was made from the same records in the same way; nil where it must be made.
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
