import CTokenizerKernels

/// The arrays of a `bk_pretoken_blocks`, with room for what vector code reads and writes beside them.
///
/// Its owner must call `deallocate()`.
struct PretokenMasks {
  /// The arrays, for the kernels.
  let pointer: UnsafeMutablePointer<bk_pretoken_blocks>
  private let memory: UnsafeMutablePointer<UInt64>
  /// The elements of an array with the room beside it.
  private let stride: Int

  private static let lanes = Int(BK_LANES)
  private static let arrays = 16

  /// Makes arrays for up to `maximumBlocks` blocks.
  init(maximumBlocks: Int) {
    // Whole steps of lanes, a step before for the element -1, and one behind for reading the element after a lane.
    let stride = (maximumBlocks / Self.lanes + 3) * Self.lanes
    let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: stride * Self.arrays)
    memory.initialize(repeating: 0, count: stride * Self.arrays)
    func array(_ number: Int) -> UnsafeMutablePointer<UInt64> { memory + number * stride + Self.lanes }
    self.memory = memory
    self.stride = stride
    pointer = .allocate(capacity: 1)
    pointer.initialize(
      to: bk_pretoken_blocks(
        letter: array(0), number: array(1), space: array(2), plain_space: array(3), newline: array(4),
        apostrophe: array(5), other: array(6), non_ascii: array(7), continuation: array(8), cut: array(9),
        symbol: array(10), absorbed: array(11), starts: array(12), probed: array(13), contractions: array(14),
        indents: array(15)))
  }

  func deallocate() {
    pointer.deallocate()
    memory.deallocate()
  }

  /// The arrays.
  @inline(__always)
  var blocks: bk_pretoken_blocks { pointer.pointee }

  /// Makes the arrays stand behind `count` blocks more: what the next block sees as the block before it.
  @inline(__always)
  func advance(_ count: Int) {
    for array in 0..<Self.arrays { self[array][-1] = self[array][count &- 1] }
  }

  /// Makes the arrays stand at the start of a text.
  @inline(__always)
  func reset() {
    for array in 0..<Self.arrays { self[array][-1] = 0 }
  }

  /// The element of the first block of an array.
  @inline(__always)
  private subscript(array: Int) -> UnsafeMutablePointer<UInt64> { memory + (array &* stride &+ Self.lanes) }
}
