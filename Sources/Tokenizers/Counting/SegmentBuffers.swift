import CTokenizerKernels

/// The arrays between the stages of counting a chunk, each with room for what vector code writes behind the end.
///
/// Its owner must call `deallocate()`. No class, because counting a short text would spend its time on references.
struct SegmentBuffers {
  /// The bytes of text that are worked on at a time.
  static let chunkBytes = 4096
  /// The last chunk takes in what would be less than a block.
  private static let maximumBlocks = chunkBytes / 64 + 2
  private static let maximumSpans = maximumBlocks * 64 + 128

  let pretokenMasks = PretokenMasks(maximumBlocks: maximumBlocks)
  let wordMasks = UnsafeMutablePointer<bk_word_masks>.allocate(capacity: maximumBlocks)
  let starts = UnsafeMutablePointer<UInt64>.allocate(capacity: maximumBlocks)
  let probed = UnsafeMutablePointer<UInt64>.allocate(capacity: maximumBlocks)
  let spanStarts = UnsafeMutablePointer<UInt32>.allocate(capacity: maximumSpans)
  let spanEnds = UnsafeMutablePointer<UInt32>.allocate(capacity: maximumSpans)
  let keys = UnsafeMutablePointer<bk_key>.allocate(capacity: maximumSpans)
  let offsets = UnsafeMutablePointer<UInt32>.allocate(capacity: maximumSpans)
  let longSpans = UnsafeMutablePointer<UInt32>.allocate(capacity: maximumSpans)
  let misses = UnsafeMutablePointer<UInt32>.allocate(capacity: maximumSpans)
  /// Set by the owner.
  let freePairs = UnsafeMutablePointer<bk_free_pairs>.allocate(capacity: 1)
  private let tail = UnsafeMutablePointer<UInt8>.allocate(capacity: chunkBytes + 4 * 64)

  func deallocate() {
    pretokenMasks.deallocate()
    wordMasks.deallocate()
    starts.deallocate()
    probed.deallocate()
    spanStarts.deallocate()
    spanEnds.deallocate()
    keys.deallocate()
    offsets.deallocate()
    longSpans.deallocate()
    misses.deallocate()
    freePairs.deallocate()
    tail.deallocate()
  }

  /// Copies the end of a text, with zeroes behind it, so that whole blocks and keys may be read.
  ///
  /// - Returns: Where offset 0 of the text would be before the copy; offsets from `start` on may be read.
  func copyTail(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> UnsafePointer<UInt8> {
    tail.update(from: text + start, count: end &- start)
    (tail + (end &- start)).update(repeating: 0, count: 64 + 16)
    return UnsafePointer(tail) - start
  }
}
