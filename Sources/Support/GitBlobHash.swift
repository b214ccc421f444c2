import COpenSSL

/// Computes the name that Git gives to the contents of a file: the SHA-1 of their size and their bytes.
public struct GitBlobHash: ~Copyable {
  private var state = SHAstate_st()

  /// Starts a computation.
  ///
  /// - Parameter size: how many bytes will be added.
  public init(size: Int) {
    _ = SHA1_Init(&state)
    update(Array("blob \(size)\0".utf8).span.bytes)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { _ = SHA1_Update(&state, $0.baseAddress, $0.count) }
  }

  /// The name: 40 lower-case hexadecimal digits.
  public consuming func finalize() -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    _ = SHA1_Final(&bytes, &state)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
