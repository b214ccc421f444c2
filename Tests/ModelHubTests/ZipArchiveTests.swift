import Support
import Testing

@testable import ModelHub

@Suite("ZIP archives")
struct ZipArchiveTests {
  private static let text = Array(repeatElement(Array("tokens and merges, ".utf8), count: 500).joined())
  private static let members = [
    ZipWriter.Member(name: "first", contents: text),
    ZipWriter.Member(name: "folder/second.json", contents: Array("{}".utf8), isDeflated: false),
    ZipWriter.Member(name: "empty", contents: []),
  ]

  @Test("Members come out as they went in, deflated, stored and empty", arguments: [0, 1, 70_000 - 4_465])
  func contents(commentLength: Int) throws {
    let archive = try ZipArchive(
      ZipWriter.archive(Self.members, comment: Array(repeating: 0x20, count: commentLength)), path: "p.whl")
    for member in Self.members {
      #expect(try archive.contents(of: member.name) == member.contents)
    }
    #expect(throws: InputError.archive(path: "p.whl", reason: "it holds no second.json")) {
      _ = try archive.contents(of: "second.json")
    }
  }

  @Test("Cut-off archives are errors, whatever the cut")
  func cutOff() {
    let bytes = ZipWriter.archive(Self.members)
    for length in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: InputError.archive(path: "p.whl", reason: "it is no ZIP archive, or it is cut off")) {
        _ = try ZipArchive(Array(bytes.prefix(length)), path: "p.whl")
      }
    }
  }

  @Test("A flipped byte is an error or changes no contents")
  func flippedBytes() {
    let bytes = ZipWriter.archive(Self.members)
    for offset in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = bytes
        damaged[offset] ^= mask
        guard let archive = try? ZipArchive(damaged, path: "p.whl") else { continue }
        for member in Self.members {
          if let contents = try? archive.contents(of: member.name) {
            #expect(contents == member.contents, "byte \(offset)")
          }
        }
      }
    }
  }
}
