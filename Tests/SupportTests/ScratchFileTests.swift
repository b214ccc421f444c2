import Foundation
import Testing

@testable import Support

/// A file without a name holds what is put into it, and nobody sees it.
@Suite struct ScratchFileTests {
  private static func bytes(of file: borrowing ScratchFile, _ count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xFF, count: count + 2)
    var span = bytes.mutableSpan
    var memory = span.mutableBytes
    try file.read(into: &memory, 1..<count + 1, at: offset)
    #expect(bytes.first == 0xFF && bytes.last == 0xFF)
    return Array(bytes.dropFirst().dropLast())
  }

  @Test func whatIsWrittenIsReadAndWhatIsNotIsZero() throws {
    let folder = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // The folder of the file need not be there yet.
    let file = try ScratchFile(near: folder + "/not/there")
    #expect(file.folder == folder)
    let (three, one): ([UInt8], [UInt8]) = ([1, 2, 3], [9])
    try file.write(three.span.bytes, at: 5)
    try file.write(one.span.bytes, at: 6)
    #expect(try Self.bytes(of: file, 6, at: 4) == [0, 1, 9, 3, 0, 0])
    #expect(try Self.bytes(of: file, 3, at: 1 << 40) == [0, 0, 0])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func aFolderThatTakesNoFilesIsNamed() {
    let error = #expect(throws: FileError.self) { _ = try ScratchFile(near: "/proc/self/not/there") }
    #expect(error?.description.hasPrefix("cannot write a temporary file in /proc/self: ") == true)
  }
}
