import COpenSSL

/// Computes the name that Git gives to the contents of a file: the SHA-1 of their size and their bytes.
public struct GitBlobHash: ~Copyable {
  private let context: OpaquePointer

  /// Starts a computation.
  ///
  /// - Parameter size: how many bytes will be added.
  /// - Returns: nil where the machine's libcrypto has no SHA-1.
  public init?(size: Int) {
    guard let context = EVP_MD_CTX_new() else { return nil }
    guard EVP_DigestInit_ex(context, EVP_sha1(), nil) == 1 else {
      EVP_MD_CTX_free(context)
      return nil
    }
    self.context = context
    update(Array("blob \(size)\0".utf8).span.bytes)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// The name: 40 lower-case hexadecimal digits.
  public consuming func finalize() -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context, &bytes, &length)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
