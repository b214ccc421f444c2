import Glibc

/// Sole owner of heap memory that grows as a text does; what was not written yet takes no memory of the machine.
public struct GrownMemory: ~Copyable {
  /// All bytes.
  public private(set) var bytes: UnsafeMutableRawBufferPointer

  /// No memory.
  public init() { bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

  deinit { free(bytes.baseAddress) }

  /// Some of the bytes.
  ///
  /// - Precondition: they lie within the memory.
  @_lifetime(borrow self)
  public func span(_ range: Range<Int>) -> RawSpan {
    // The memory is moved only by calls that change `self`.
    let span = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
    return _overrideLifetime(span, borrowing: self)
  }

  /// Changes the size and keeps what fits; further bytes hold anything.
  ///
  /// The corresponding C function is `realloc`, which moves large blocks without copying them.
  ///
  /// - Throws: `FileError` without a path if there is no memory.
  public mutating func resize(to count: Int) throws(FileError) {
    guard let moved = realloc(bytes.baseAddress, max(1, count)) else {
      throw .tooMuch("there is no memory for a piece of \(count) bytes")
    }
    bytes = UnsafeMutableRawBufferPointer(start: moved, count: count)
  }

  /// Moves some bytes to the front.
  ///
  /// - Precondition: they lie within the memory.
  public mutating func moveToFront(_ range: Range<Int>) {
    guard range.lowerBound > 0, !range.isEmpty else { return }
    bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
  }
}
