import Datasets
import CTextKernels

/// A hash of 64 bits over bytes that arrive in pieces, to notice that a file has changed.
///
/// It reads memory faster than SHA-256 by an order of magnitude and tells two contents that were not made to collide
/// apart with all its 64 bits, as many as a dataset's fingerprint keeps.
struct ContentHash {
  private var state = rk_hash()

  /// Begins a hash.
  init() { rk_hash_begin(&state) }

  /// Adds bytes; how they are cut into pieces does not matter.
  mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      rk_hash_add(&state, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
  }

  /// The hash of all bytes added.
  var value: UInt64 {
    var state = state
    return rk_hash_end(&state)
  }
}
