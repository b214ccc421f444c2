import COpenSSL
import Glibc

/// A SHA-256 computation over bytes that arrive in pieces.
public struct SHA256: ~Copyable {
  private var state = SHA256state_st()

  /// Starts a computation. The corresponding C function is `SHA256_Init`, which cannot fail.
  public init() { _ = SHA256_Init(&state) }

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { _ = SHA256_Update(&state, $0.baseAddress, $0.count) }
  }

  /// The digest of all bytes added.
  public consuming func finalize() -> SHA256Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    _ = SHA256_Final(&bytes, &state)
    return SHA256Digest(bytes: bytes)
  }
}

extension SHA256 {
  /// Adds the contents of the regular file at `path`, read in pieces.
  ///
  /// - Returns: The number of bytes added.
  /// - Throws: `FileError` if the file cannot be read.
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

/// A SHA-256 value: 32 bytes.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads 64 hexadecimal digits of either case; nil for anything else.
  public init?(hex: String) {
    let digits = Array(hex.utf8).map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    self.bytes = bytes
  }

  /// The digest of some bytes.
  public static func of(_ bytes: RawSpan) -> SHA256Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The same as `hex`.
  public var description: String { hex }
}
