import Glibc

/// Paths as the system has them: bytes, which need not be UTF-8.
///
/// A byte that is no part of a character is the character U+10FF00 plus the byte in a text, from U+10FF80 to U+10FFFF, of
/// a plane that nobody uses. Names that hold these characters themselves are taken for bytes too, so that every path
/// leads back to what it was made of.
extension Files {
  private static let standIns: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

  /// The text of a path that the system told.
  public static func text(_ path: UnsafePointer<CChar>) -> String {
    let bytes = UnsafeRawBufferPointer(start: path, count: strlen(path))
    return text(bytes)
  }

  /// The text of a path's bytes.
  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    // Only what begins with this byte is beyond the planes in use.
    if !bytes.contains(0xF4), let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = String.UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var start = 0
    while true {
      let length: Int
      switch parser.parseScalar(from: &input) {
      case .emptyInput: return String(text)
      case .valid(let encoded):
        length = encoded.count
        let scalar = Unicode.UTF8.decode(encoded)
        if !standIns.contains(scalar.value) {
          text.append(scalar)
          start += length
          continue
        }
      case .error(let count): length = count
      }
      for byte in bytes[start..<start + length] {
        if let scalar = Unicode.Scalar(0x10FF00 + UInt32(byte)) { text.append(scalar) }
      }
      start += length
    }
  }

  /// The byte that a character stands for; nil for characters that stand for themselves.
  public static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    standIns.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
  }

  /// Hands a path to the system.
  public static func withPath<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard path.utf8.contains(0xF4) else { return path.withCString(body) }
    var bytes: [CChar] = []
    for scalar in path.unicodeScalars {
      if let byte = byte(of: scalar) {
        bytes.append(CChar(bitPattern: byte))
      } else {
        bytes += UTF8.encode(scalar)?.map { CChar(bitPattern: $0) } ?? []
      }
    }
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? path.withCString(body)
    }
  }
}
