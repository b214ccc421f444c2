import CDeflate
import Support

/// Reads members of a ZIP archive that is in memory.
///
/// Members may be stored or deflated; archives beyond 4 GiB and encrypted members are not supported, Python packages
/// have neither. Every offset and length of the file is checked before it is used.
/// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
struct ZipArchive: ~Copyable {
  /// No member that is asked for is larger; a lying header cannot claim more memory.
  private static let largestMember = 1 << 28

  private let bytes: [UInt8]
  /// The path that errors name.
  private let path: String
  /// Where the central directory begins, and how many entries it has.
  private var directory: (offset: Int, count: Int)

  /// One entry of the central directory.
  private struct Entry {
    let name: ArraySlice<UInt8>
    let flags: Int
    let method: Int
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    let headerOffset: Int
    let end: Int
  }

  /// Finds the central directory.
  ///
  /// - Parameters:
  ///   - bytes: The archive.
  ///   - path: Where it was read from, for errors.
  init(_ bytes: [UInt8], path: String) throws(InputError) {
    self.bytes = bytes
    self.path = path
    directory = (0, 0)
    // The end record is 22 bytes and a comment of up to 65,535.
    var offset = bytes.count - 22
    while offset >= max(0, bytes.count - 22 - 0xFFFF) {
      if field(offset, 4) == 0x0605_4B50, let count = field(offset + 10, 2), let start = field(offset + 16, 4) {
        directory = (start, count)
        return
      }
      offset -= 1
    }
    throw failure("it is no ZIP archive, or it is cut off")
  }

  /// Returns the contents of a member, checked against its CRC-32.
  func contents(of name: String) throws(InputError) -> [UInt8] {
    let entry = try entry(name)
    guard entry.flags & 1 == 0 else { throw unsupported(name, "encryption") }
    guard entry.size <= Self.largestMember, Limits().allows(expanding: entry.compressedSize, to: entry.size) else {
      throw unsupported(name, "a size of \(entry.size) bytes")
    }
    guard field(entry.headerOffset, 4) == 0x0403_4B50,
      let nameLength = field(entry.headerOffset + 26, 2), let extraLength = field(entry.headerOffset + 28, 2)
    else { throw damaged(name) }
    let start = entry.headerOffset + 30 + nameLength + extraLength
    guard start <= bytes.count, entry.compressedSize <= bytes.count - start else { throw damaged(name) }
    let data = bytes[start..<start + entry.compressedSize]
    let contents: [UInt8]
    switch entry.method {
    case 0: contents = Array(data)
    case 8: contents = try inflate(data, size: entry.size, name: name)
    default: throw unsupported(name, "compression method \(entry.method)")
    }
    guard contents.count == entry.size,
      contents.withUnsafeBytes({ libdeflate_crc32(0, $0.baseAddress, $0.count) }) == entry.checksum
    else { throw damaged(name) }
    return contents
  }

  private func entry(_ name: String) throws(InputError) -> Entry {
    var offset = directory.offset
    for _ in 0..<directory.count {
      guard let entry = entry(at: offset) else { throw failure("it is no ZIP archive, or it is cut off") }
      if entry.name.elementsEqual(name.utf8) {
        return entry
      }
      offset = entry.end
    }
    throw failure("it holds no \(name)")
  }

  private func entry(at offset: Int) -> Entry? {
    guard field(offset, 4) == 0x0201_4B50,
      let flags = field(offset + 8, 2), let method = field(offset + 10, 2), let checksum = field(offset + 16, 4),
      let compressedSize = field(offset + 20, 4), let size = field(offset + 24, 4),
      let nameLength = field(offset + 28, 2), let extraLength = field(offset + 30, 2),
      let commentLength = field(offset + 32, 2), let headerOffset = field(offset + 42, 4),
      nameLength <= bytes.count - offset - 46
    else { return nil }
    return Entry(
      name: bytes[offset + 46..<offset + 46 + nameLength], flags: flags, method: method,
      checksum: UInt32(truncatingIfNeeded: checksum), compressedSize: compressedSize, size: size,
      headerOffset: headerOffset, end: offset + 46 + nameLength + extraLength + commentLength)
  }

  private func failure(_ reason: String) -> InputError { .archive(path: path, reason: reason) }

  private func damaged(_ name: String) -> InputError { failure("its member \(name) is damaged") }

  private func unsupported(_ name: String, _ feature: String) -> InputError {
    failure("its member \(name) uses \(feature), which is not supported")
  }

  /// The little-endian number of `size` bytes at `offset`, or nil if it is not inside the file.
  private func field(_ offset: Int, _ size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The corresponding C function is `libdeflate_deflate_decompress`.
  private func inflate(_ data: ArraySlice<UInt8>, size: Int, name: String) throws(InputError) -> [UInt8] {
    guard let decompressor = libdeflate_alloc_decompressor() else { throw damaged(name) }
    defer { libdeflate_free_decompressor(decompressor) }
    var result = LIBDEFLATE_BAD_DATA
    let contents = [UInt8](unsafeUninitializedCapacity: size) { output, count in
      result = data.withUnsafeBytes {
        libdeflate_deflate_decompress(decompressor, $0.baseAddress, $0.count, output.baseAddress, size, nil)
      }
      count = result == LIBDEFLATE_SUCCESS ? size : 0
    }
    guard result == LIBDEFLATE_SUCCESS else { throw damaged(name) }
    return contents
  }
}
