import CFileMappings
import Foundation
import ModelHub
import Support
import TestSupport
import Testing

@testable import Tokenizers

/// Kept tables are used when they are whole and made again when they are not.
@Suite struct CompiledTablesTests {
  private static let family = TokenizerKind.llama3
  private static let text = "Hello, world! It's 12345 <|eot_id|> 日本語."

  private static let converter = family.converter

  /// The file of the tables that a folder keeps.
  private static func file(in folder: String) throws -> String {
    let names = try Files.list(folder).filter { $0.hasSuffix(".tables") }
    #expect(names.count == 1)
    return Files.join(folder, try #require(names.first))
  }

  /// Loads the family with tables kept in a folder.
  private static func load(_ folder: String) throws -> Tokenizer? {
    guard let location = try TestVocabularies.location(family, suite: "CompiledTablesTests") else { return nil }
    return try Tokenizer(kind: family, location: location, tables: CompiledTables(directory: folder))
  }

  @Test("Tables are made once, and made again when a byte, the end or the version is wrong")
  func damage() throws {
    let folder = try Scratch()
    let path = folder.path + "/tables"
    guard let fresh = try Self.load(path) else { return }
    let expected = try fresh.encode(Self.text)
    let source = try #require(fresh.sourceDigest)
    let file = try Self.file(in: path)
    let whole = try Files.read(file)
    #expect(fresh.tablesError == nil)
    #expect(CompiledTables(directory: path).load(source: source, converter: Self.converter) != nil)

    var flipped = whole
    flipped[whole.count / 2] ^= 1
    var older = whole
    older[8] ^= 0xFF
    for damaged in [flipped, older, Array(whole.dropLast(64)), Array(whole.prefix(100)), []] {
      try AtomicFile.write(damaged, to: file)
      #expect(CompiledTables(directory: path).load(source: source, converter: Self.converter) == nil)
      let rebuilt = try Self.load(path)
      #expect(try rebuilt?.encode(Self.text) == expected)
      #expect(try Files.read(file) == whole)
    }
    #expect(try Self.load(path)?.encode(Self.text) == expected)
  }

  @Test("Tables that others may write, or that are a link, are not used and are made again")
  func foreignTables() throws {
    let folder = try Scratch()
    let path = folder.path + "/tables"
    guard let fresh = try Self.load(path) else { return }
    let tables = CompiledTables(directory: path)
    let source = try #require(fresh.sourceDigest)
    let file = try Self.file(in: path)
    func isUsed() -> Bool { tables.load(source: source, converter: Self.converter) != nil }
    let image = try #require(tables.load(source: source, converter: Self.converter))
    for (name, mode) in [(file, mode_t(0o620)), (file, 0o602), (path, 0o777), (path, 0o775)] {
      #expect(chmod(name, mode) == 0)
      #expect(!isUsed())
      try tables.store(image, source: source, converter: Self.converter)
      #expect(isUsed())
    }
    try Files.rename(file, to: folder.path + "/elsewhere")
    #expect(symlink("../elsewhere", file) == 0)
    #expect(!isUsed())
  }

  /// A number in a table that is changed to one that leads out of it, or round in a circle.
  enum Fault: CaseIterable {
    case offset, lastOffset, byteToken, slotToken, slotRank, fullSlots, slotCount, mergeResult, tokenCount, derivation
    case length, prefix, circle, base, trieToken, trieLength, addedCount, addedLength, addedToken, vocabularySize

    func apply(_ bytes: inout [UInt8]) {
      func place(_ section: TableImage.Section) -> (start: Int, count: Int) {
        let entry = TableImage.directoryOffset + section.rawValue * 16
        let words = bytes.withUnsafeBytes { memory in
          (memory.load(fromByteOffset: entry, as: UInt64.self), memory.load(fromByteOffset: entry + 8, as: UInt64.self))
        }
        return (Int(words.0), Int(words.1))
      }
      func set<Value: BitwiseCopyable>(_ section: TableImage.Section, at offset: Int, _ value: Value) {
        let start = place(section).start
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: start + offset, as: Value.self) }
      }
      func get<Value: BitwiseCopyable>(_ section: TableImage.Section, at offset: Int, as type: Value.Type) -> Value {
        let start = place(section).start
        return bytes.withUnsafeBytes { $0.load(fromByteOffset: start + offset, as: type) }
      }
      let root = TokenTrie.rootSlot * 8
      // "a" is a token of its own, and the node that leads to it ends there.
      let letter = Int(get(.trie, at: root, as: UInt64.self) >> 32 + 97) * 8
      let token = Int(get(.trie, at: letter, as: UInt64.self) & TokenTrie.noToken)
      switch self {
      case .offset: set(.tokenOffsets, at: 40, UInt32.max)
      case .lastOffset: set(.tokenOffsets, at: place(.tokenOffsets).count - 4, UInt32.max)
      case .byteToken: set(.byteTokens, at: 97 * 4, UInt32(0xF_FFF0))
      case .slotToken: set(.mergeSlots, at: 0, UInt64(0xF_FFF0) << 44)
      case .slotRank: set(.mergeSlots, at: 0, UInt64(0xFF_FFF0))
      case .fullSlots:
        for offset in stride(from: 0, to: place(.mergeSlots).count, by: 8) { set(.mergeSlots, at: offset, UInt64(0)) }
      case .slotCount:
        let entry = TableImage.directoryOffset + TableImage.Section.mergeSlots.rawValue * 16 + 8
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: 24, toByteOffset: entry, as: UInt64.self) }
      case .mergeResult: set(.mergeResults, at: 0, UInt32.max)
      case .tokenCount: set(.attributes, at: 0, UInt32(7))
      case .derivation: set(.derivations, at: token * 16, UInt32(0xF_FFF0))
      case .length: set(.derivations, at: token * 16 + 12, 9 << 20 | TokenDerivation.noToken)
      case .prefix: set(.derivations, at: token * 16 + 12, 1 << 20 | UInt32(token))
      case .circle: set(.derivations, at: token * 16 + 8, Int32(0))
      case .base: set(.trie, at: letter + 4, UInt32.max)
      case .trieToken: set(.trie, at: letter, get(.trie, at: letter, as: UInt64.self) & ~TokenTrie.noToken | 0xF_FFF0)
      case .trieLength:
        let longer = get(.mergeResults, at: 0, as: UInt32.self)
        set(.trie, at: letter, get(.trie, at: letter, as: UInt64.self) & ~TokenTrie.noToken | UInt64(longer))
      case .addedCount: set(.addedTokens, at: 0, UInt32.max)
      case .addedLength: set(.addedTokens, at: 8, UInt32.max)
      case .addedToken: set(.addedTokens, at: 4, UInt32.max)
      case .vocabularySize: set(.attributes, at: 4, UInt32(5))
      }
    }
  }

  @Test("Tables with a wrong number and the right checksum are not used", arguments: Fault.allCases)
  func faults(fault: Fault) throws {
    let folder = try Scratch()
    let tables = CompiledTables(directory: folder.path + "/tables")
    let image = ModelCompiler.compile(try BytePairPlan(SyntheticDefinition(seed: 1, kind: .bytes).definition))
    let definition = try #require(SHA256Digest(hex: image.definition))
    var bytes = Array(image.bytes)
    func isUsed() throws -> Bool {
      let checksum = bytes.withUnsafeBytes(TableImage.checksum)
      bytes.withUnsafeMutableBytes { $0.storeBytes(of: checksum, toByteOffset: 24, as: UInt64.self) }
      try PrivateFolder(tables.directory).write(
        bytes.span.bytes, as: CompiledTables.name(of: image.definition), isDurable: false)
      return tables.load(definition) != nil
    }
    #expect(try isUsed())
    fault.apply(&bytes)
    #expect(try !isUsed())
  }

  @Test("A file that is cut while it is mapped ends the program with a message, not with a signal")
  func cut() async throws {
    let folder = try Scratch()
    let path = folder.path
    await #expect(processExitsWith: .exitCode(1)) { [path = path as String] in
      fm_guard()
      exit(try CompiledTablesTests.readsWhatWasCut(path) ? 0 : 3)
    }
    // Without the handler of the program nothing is mapped.
    await #expect(processExitsWith: .success) { [path = path as String] in
      exit(try CompiledTablesTests.readsWhatWasCut(path) ? 0 : 3)
    }
  }

  /// Whether all bytes of a file are still there after it was cut.
  private static func readsWhatWasCut(_ path: String) throws -> Bool {
    let name = try FileName("tables")
    let bytes = [UInt8](repeating: 7, count: 1 << 16)
    try PrivateFolder(path).write(bytes.span.bytes, as: name)
    guard let file = PrivateFolder(path).open(name), let memory = TableMemory(file) else { return false }
    guard truncate(name.path(in: path), 0) == 0 else { return false }
    return memory.bytes.allSatisfy { $0 == 7 }
  }

  @Test("A folder that cannot be written is no failure but is reported")
  func unwritable() throws {
    let folder = try Scratch()
    let path = folder.path + "/file"
    try AtomicFile.write("", to: path)
    guard let tokenizer = try Self.load(path + "/tables") else { return }
    #expect(tokenizer.tablesError != nil)
    #expect(try !tokenizer.encode(Self.text).isEmpty)
  }

  @Test("The oldest tables go when all take too much, and all go when that is asked for")
  func trim() throws {
    let folder = try Scratch()
    let path = folder.path + "/tables"
    let tables = CompiledTables(directory: path)
    #expect(tables.storedBytes == 0)
    for (age, name) in ["new", "middle", "old"].enumerated() {
      try PrivateFolder(path).write([UInt8](repeating: 1, count: 100).span.bytes, as: FileName(name))
      let date = Date(timeIntervalSinceNow: -1000 * Double(age))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path + "/" + name)
    }
    #expect(tables.storedBytes == 300)
    try tables.trim(to: 250, keeping: "old")
    #expect(try Files.list(path) == ["new", "old"])
    try tables.trim(to: 0, keeping: "new")
    #expect(try Files.list(path) == ["new"])
    try tables.removeAll()
    #expect(!Files.exists(path))
  }
}
