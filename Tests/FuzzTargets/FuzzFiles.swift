import ChatTemplates
import ColumnarFiles
@testable import Datasets
import JSON
@testable import ModelHub
@testable import PersonaData
import Reports
import Support
@testable import TokenStatistics

/// Readers of files.
enum FuzzFiles {
  /// Hands the path of a file with these bytes, which has no name in the folder for temporary files.
  private static func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) {
    var rest = bytes[...]
    let spooled = try? SpooledInput { buffer in
      let piece = rest.prefix(buffer.count)
      buffer.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
    if let spooled { try? body(spooled.path) }
  }

  static func readTable(_ bytes: [UInt8]) {
    withFile(bytes) { path in
      var reader = try TableReader(path: path)
      _ = try? reader.parts(ofBytes: 1)
      while let batch = try reader.nextBatch() {
        for column in batch.columns { touch(column) }
      }
    }
  }

  /// Looks at every value, so that a wrong bound is met.
  private static func touch(_ column: Column) {
    for row in 0..<min(column.count, 4096) where !column.isNull(row) {
      switch column {
      case .utf8(let texts): _ = texts.string(row)
      case .list(let lists): _ = lists.range(row)
      case .int64(let numbers): _ = numbers[row]
      case .double(let numbers): _ = numbers[row]
      case .bool(let flags): _ = flags[row]
      case .null, .struct: break
      }
    }
    if case .list(let lists) = column { touch(lists.elements) }
    if case .struct(let parts) = column { for part in parts.columns { touch(part) } }
  }

  static func readSource(_ bytes: [UInt8]) {
    withFile(bytes) { path in
      var lookup = SourceLookup(folder: "/nonexistent")
      lookup.model = "qwen-3-32b"
      for source in try lookup.sources(path) { try read(source) }
    }
  }

  static func readFields(_ bytes: [UInt8]) {
    withFile(bytes) { path in
      var lookup = SourceLookup(folder: "/nonexistent")
      lookup.model = "qwen-3-32b"
      lookup.shape.textColumn = "text"
      for source in try lookup.sources(path) { try read(source) }
    }
  }

  private static func read(_ source: DatasetSource) throws {
    var reader = try DatasetReader(source, keepsMembers: true)
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        do {
          try batch.checkLabels(of: row, limits: Limits())
          _ = try batch.rowText(row)
          try batch.readMessages(of: row, into: &messages)
          _ = try batch.exactScore(of: row)
          _ = try batch.arguments(of: row)
        } catch { continue }
        _ = batch.label(of: row)
        _ = batch.encodingFault(of: messages)
        for message in messages { _ = batch.text.extracting(message.content).byteCount }
      }
    }
    try reader.verify()
  }

  static func readRecords(_ bytes: [UInt8]) {
    withFile(bytes) { path in
      var reader = try RecordReader(path: path, blockSize: 64)
      var record = RawRecord()
      while try reader.next(into: &record) != nil {}
    }
  }

  static func readScores(_ bytes: [UInt8]) {
    withFile(bytes) { path in
      var table = ScoreTable(dataset: "fuzz")
      try table.read(path)
      _ = table.survey(0...3)
    }
  }

  static func readStatistics(_ bytes: [UInt8]) {
    withFile(bytes) { path in
      guard let document = try StatisticsDocument.load(path) else { return }
      _ = try document.summaries()
      _ = try document.settings()
      _ = document.serialized()
    }
  }

  static func readCheckpoint(_ bytes: [UInt8]) {
    do {
      let checkpoint = try Checkpoint(FieldReader(JSONValue.parse(bytes), place: ""))
      _ = checkpoint.summary
      _ = checkpoint.profile
      _ = checkpoint.json.serialized()
    } catch {}
  }

  static func readArchive(_ bytes: [UInt8]) {
    do {
      let archive = try ZipArchive(bytes, path: "fuzz.zip")
      _ = try archive.contents(of: "a")
    } catch {}
  }

  static func showImage(_ bytes: [UInt8]) {
    let image = TerminalImage(png: bytes)
    guard image.isPNG else { return }
    for format in TerminalImage.Format.allCases { _ = try? image.encoded(as: format, columns: 40, pixels: 200) }
  }

  static func readPictures(_ bytes: [UInt8]) {
    _ = ImageHeader.size(of: ImageBytes(bytes))
    _ = ImageHeader.size(of: ImageBytes(base64: bytes))
    let row: [(String, JSONValue)] = [
      ("messages", .array([.object(JSONObject([("role", .string("user")), ("content", .string("<image>"))]))])),
      ("images", .array([.string("data:image/png;base64," + Base64.encode(bytes))])),
    ]
    let batch = DatasetBatch(json: [JSONValue.object(JSONObject(row)).serialized()], firstRow: 0)
    var messages: [ChatMessage] = []
    try? batch.readMessages(of: 0, into: &messages)
  }
}
