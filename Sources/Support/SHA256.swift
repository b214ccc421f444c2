import COpenSSL

/// A SHA-256 computation over bytes that arrive in pieces.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Starts a computation.
  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      // Only memory exhaustion and a libcrypto without SHA-256 lead here; neither can be answered.
      fatalError("libcrypto offers no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// The digest of all bytes added.
  public consuming func finalize() -> SHA256Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context, &bytes, &length)
    return SHA256Digest(bytes: bytes)
  }
}
