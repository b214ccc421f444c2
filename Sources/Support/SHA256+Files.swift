import Glibc

extension SHA256 {
  /// Adds the contents of the regular file at `path`, read in pieces.
  ///
  /// - Returns: The number of bytes added.
  /// - Throws: `FileError` where the file cannot be read.
  /// - Complexity: O(*n*) time and O(1) memory for a file of *n* bytes.
  @discardableResult
  public mutating func update(contentsOf path: String) throws(FileError) -> Int {
    let file = try FileDescriptor.regular(path)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4_096)
    defer { piece.deallocate() }
    var offset = 0
    while true {
      let count = try file.read(into: piece, at: offset)
      update(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: piece[..<count])))
      offset += count
      if count < piece.count { return offset }
    }
  }
}
