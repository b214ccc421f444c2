import Foundation
import JSON
import Support
import TestSupport
import Testing

@testable import Tokenizers

/// The reference code gives the ids of the Python libraries for every golden row.
@Suite struct ModelFileTests {
  /// One row of a golden file.
  struct Row: Decodable {
    let tokenizer: String
    let text: String?
    let addSpecialTokens: Bool?
    let ids: [TokenID]?
    let count: Int?
    let sha256: String?
    let loadError: String?
  }

  /// Where `get.py` has laid out the files of models; a file that is not there is left out, in one line.
  static let folder =
    ProcessInfo.processInfo.environment["TOKENSTATS_MODEL_FILES"]
    ?? (ProcessInfo.processInfo.environment["HOME"] ?? "") + "/.cache/tokenstats/model-files"

  /// The golden files that are on this machine; none where the shared folder is not.
  static let names: [String] = {
    guard let shared = SharedFolder.path,
      let names = try? FileManager.default.contentsOfDirectory(atPath: shared + "/models/golden")
    else { return [] }
    return names.filter { $0.hasSuffix(".jsonl.gz") }.map { String($0.dropLast(9)) }.sorted()
  }()

  @Test func goldenRowsAreHere() throws {
    guard SharedFolder.path(suite: "ModelFileTests") != nil else { return }
    #expect(Self.names.count >= 40)
  }

  @Test(arguments: names) func rowsAreIdentical(name: String) throws {
    let shared = try #require(SharedFolder.path) + "/models"
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = try Self.decompressed("\(shared)/golden/\(name).jsonl.gz").split(separator: UInt8(ascii: "\n"))
    let rows = try lines.map { try decoder.decode(Row.self, from: Data($0)) }
    for (file, rows) in Dictionary(grouping: rows, by: \.tokenizer) {
      guard let (bytes, path) = try Self.contents(of: file, shared: shared) else {
        print("not run: \(rows.count) golden rows of \(file): \(Self.folder) has no such file")
        continue
      }
      try Self.compare(rows, of: file, bytes: bytes, path: path)
    }
  }

  private static func compare(_ rows: [Row], of file: String, bytes: [UInt8], path: String) throws {
    if rows.contains(where: { $0.loadError != nil }) {
      #expect(throws: TokenizerError.self, "\(file)") { try Self.tokenizer(bytes) }
      return
    }
    let tokenizer = try Self.tokenizer(bytes)
    let isPlain = path.hasSuffix(".model") || path.hasSuffix("tekken.json")
    for row in rows {
      guard let text = row.text, let isSpecial = row.addSpecialTokens else { continue }
      let tokens = try tokenizer.encode(
        text, addsSpecialTokens: isSpecial, splitsSpecialTokens: isPlain || path.hasSuffix(".tiktoken") && !isSpecial)
      let ids = tokens.map(\.id)
      if let expected = row.ids {
        #expect(ids == expected, "\(file), \(isSpecial): \(text.debugDescription)")
      } else {
        let digest = SHA256Digest.of(Array(ids.map(String.init).joined(separator: ",").utf8).span.bytes)
        #expect(ids.count == row.count && digest.description == row.sha256, "\(file), \(isSpecial): a long text")
      }
    }
  }

  private static func tokenizer(_ bytes: [UInt8]) throws -> ReferenceTokenizer {
    try ReferenceTokenizer(try #require(TokenizerFile(bytes)).definition(bytes))
  }

  /// The file of a tokenizer: beside the golden rows, stored with them, or laid out by `get.py`.
  private static func contents(of name: String, shared: String) throws -> (bytes: [UInt8], path: String)? {
    let laidOut = ["tokenizer.json", "tokenizer.model", "tekken.json", "\(name).tiktoken"].map {
      "\(folder)/\(name)/\($0)"
    }
    let stored = ["\(shared)/\(name).json", "\(shared)/files/\(name).json", "\(shared)/files/\(name).model"]
    if let path = (stored + laidOut).first(where: FileManager.default.fileExists) {
      return (try Files.read(path), path)
    }
    let compressed = "\(shared)/files/\(name).json.gz"
    guard FileManager.default.fileExists(atPath: compressed) else { return nil }
    return (Array(try decompressed(compressed)), compressed)
  }

  private static func decompressed(_ path: String) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "--decompress", "--stdout", path]
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return data
  }
}
