import Testing

@testable import Support

@Suite struct LimitsTests {
  @Test("limits of memory follow from the memory, the others do not")
  func memory() {
    let (small, large) = (Limits(memory: 100 << 20), Limits(memory: 1 << 40))
    #expect(small.rowBytes == (100 << 20) / 5 * 2 && small.bufferBytes == small.rowBytes)
    #expect(small.batchBytes == 100 << 20)
    #expect(large.rowBytes == Limits.largestPiece && large.batchBytes == 4 * Limits.largestPiece)
    #expect(small.wholeBytes == 64 << 20 && large.wholeBytes == Limits.largestPiece)
    #expect(small.labelBytes == large.labelBytes)
    #expect(Limits().memory > 0)
  }

  @Test("rows, expansion and sharing are measured by the bytes of the file")
  func ratios() {
    let limits = Limits(memory: 1 << 30)
    #expect(limits.allows(rows: limits.freeRows, ofBytes: 0))
    #expect(!limits.allows(rows: limits.freeRows + 64, ofBytes: 0))
    #expect(limits.allows(rows: limits.freeRows + 64, ofBytes: 1))
    #expect(!limits.allows(rows: .max, ofBytes: 1 << 20))
    #expect(limits.allows(rows: limits.freeFileRows + 8, inFileOf: 1))
    #expect(!limits.allows(rows: limits.freeFileRows + 16, inFileOf: 1))
    #expect(limits.allows(expanding: 0, to: limits.freeExpansion))
    #expect(!limits.allows(expanding: 10, to: limits.freeExpansion + 11 * 2048))
    #expect(limits.allows(sharing: limits.sharedBytes + 2048, inFileOf: 1))
    #expect(!limits.allows(sharing: limits.sharedBytes + 2048, inFileOf: 0))
  }

  @Test("names that are too long keep their beginning and stay different")
  func longNames() throws {
    let long = String(repeating: "é", count: 200)
    let (first, second) = (
      try FileName(shortening: long + "a", suffix: ".json"), try FileName(shortening: long + "b", suffix: ".json")
    )
    #expect(first != second)
    #expect(first.description.utf8.count <= FileName.maximumBytes && first.description.hasSuffix(".json"))
    #expect(first.description.hasPrefix("éééé"))
    #expect(try FileName(shortening: "short", suffix: ".json").description == "short.json")
    #expect(throws: FileError.self) { try FileName(long + "a") }
    #expect(throws: FileError.self) { try FileName(shortening: "a/b") }
    let hidden = Files.hidden(beside: "/x/" + String(repeating: "n", count: 255), ending: "unfinished")
    #expect(
      Files.lastComponent(hidden).utf8.count <= 255 && hidden.hasPrefix("/x/.nnn") && hidden.hasSuffix(".unfinished"))
  }
}
