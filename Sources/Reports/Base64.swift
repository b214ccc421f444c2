import COpenSSL

/// Base64 text (RFC 4648), as checksums in web pages and pictures on terminals are written.
enum Base64 {
  /// The text of some bytes, padded, without line breaks. The corresponding C function is `EVP_EncodeBlock`.
  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    // The C function counts in 32 bits; whole groups of three bytes join without padding.
    let chunk = 3 << 20
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      let part = Array(bytes[start..<min(start + chunk, bytes.count)])
      var encoded = [UInt8](repeating: 0, count: (part.count + 2) / 3 * 4 + 1)
      let count = EVP_EncodeBlock(&encoded, part, Int32(part.count))
      text += encoded.prefix(max(0, Int(count)))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
