import Glibc
import Support
import TestSupport
import Testing

/// Names of files are bytes: those that are no UTF-8 are reached like any other.
@Suite struct SystemPathTests {
  /// Names as the system has them.
  private static let names: [[UInt8]] = [
    Array("plain".utf8), Array("\u{E4}\u{1F642}".utf8), Array("lat".utf8) + [0xE9] + Array("in".utf8), [0xFF, 0xFE],
    [0xF4, 0x8F, 0xBE, 0x80], [0xC3, 0x28], [0xE2, 0x82],
  ]

  private func text(_ bytes: [UInt8]) -> String {
    (bytes.map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { Files.text($0) } ?? ""
    }
  }

  @Test("every name leads back to its bytes, and no two to one text")
  func roundTrip() {
    for name in Self.names {
      let bytes = Files.withPath(text(name)) { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
      #expect(bytes == name)
    }
    #expect(Set(Self.names.map { Array(text($0).utf8) }).count == Self.names.count)
    #expect(text(Self.names[1]) == "\u{E4}\u{1F642}")
  }

  @Test("files and folders of such names are listed, read, renamed and removed")
  func files() throws {
    try Scratch.with { scratch in
      for name in Self.names {
        let folder = Files.join(scratch.path, text(name))
        try Files.makeDirectories(folder)
        #expect(Files.isDirectory(folder))
        let file = Files.join(folder, text(name))
        try AtomicFile.write(Array("x".utf8), to: file)
        #expect(try Files.list(folder).map { Array($0.utf8) } == [Array(text(name).utf8)])
        #expect(try Files.read(file) == Array("x".utf8))
        try Files.rename(file, to: file + "2")
        #expect(!Files.exists(file) && Files.exists(Files.resolved(file + "2")))
      }
      #expect(try Files.list(scratch.path).count == Self.names.count)
    }
  }
}
