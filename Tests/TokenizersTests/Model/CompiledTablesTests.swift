import ModelHub
import Support
import Testing

@testable import Tokenizers

/// Kept tables are used when they are whole and made again when they are not.
@Suite struct CompiledTablesTests {
  private static let family = VocabularyFamily.llama3
  private static let text = "Hello, world! It's 12345 <|eot_id|> 日本語."

  /// Loads the family with tables kept in a folder.
  private static func load(_ folder: String) throws -> Tokenizer? {
    guard let location = try TestVocabularies.location(family, suite: "CompiledTablesTests") else { return nil }
    return try Tokenizer(family: family, location: location, tables: CompiledTables(directory: folder))
  }

  @Test("Tables are made once, and made again when a byte, the end or the version is wrong")
  func damage() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/tables"
    guard let fresh = try Self.load(path) else { return }
    let expected = fresh.encode(Self.text)
    let file = CompiledTables(directory: path).path(of: Self.family, digest: fresh.sourceDigest)
    let whole = try Files.read(file)
    #expect(fresh.tablesError == nil)
    #expect(CompiledTables(directory: path).load(Self.family, digest: fresh.sourceDigest) != nil)

    var flipped = whole
    flipped[whole.count / 2] ^= 1
    var older = whole
    older[8] ^= 0xFF
    for damaged in [flipped, older, Array(whole.dropLast(64)), Array(whole.prefix(100)), []] {
      try AtomicFile.write(damaged, to: file)
      #expect(CompiledTables(directory: path).load(Self.family, digest: fresh.sourceDigest) == nil)
      let rebuilt = try Self.load(path)
      #expect(rebuilt?.encode(Self.text) == expected)
      #expect(try Files.read(file) == whole)
    }
    #expect(try Self.load(path)?.encode(Self.text) == expected)
  }

  @Test("A folder that cannot be written is no failure but is reported")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try AtomicFile.write("", to: path)
    guard let tokenizer = try Self.load(path + "/tables") else { return }
    #expect(tokenizer.tablesError != nil)
    #expect(!tokenizer.encode(Self.text).isEmpty)
  }
}
