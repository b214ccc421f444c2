import CTokenizerKernels

/// Counts the tokens of a segment: valid, normalized text without added tokens.
///
/// Works through chunks of blocks in stages: classes of bytes, starts of pre-tokens, positions, keys, cached counts.
/// Each stage is a loop over arrays that stay in the first-level cache; only pre-tokens that are not cached are
/// encoded.
struct SegmentCounter: ~Copyable {
  private let kernels: UnsafePointer<bk_kernels>
  private let model: ModelTables
  private var encoder: PretokenEncoder
  private var cache: PretokenCache
  /// The counts of pre-tokens of more than 15 bytes, which seldom recur.
  private var longCache = PieceCache()
  private let buffers: SegmentBuffers

  init(_ model: ModelTables, kernels: CountingKernels) {
    self.model = model
    self.kernels = kernels.functions
    encoder = PretokenEncoder(model)
    cache = PretokenCache(kernels.functions)
    buffers = SegmentBuffers()
    UnsafeMutableRawPointer(buffers.freePairs).copyMemory(
      from: UnsafeRawPointer(model.freePairs.baseAddress.unsafelyUnwrapped), byteCount: model.freePairs.count)
  }

  deinit { buffers.deallocate() }

  /// Encodes one unit now, and calls `body` with the place in it where each token begins.
  mutating func encodePretoken(_ text: UnsafePointer<UInt8>, count: Int, _ body: (Int) -> Void) {
    _ = encoder.encode(text, count: count)
    encoder.forEachToken { body($1) }
  }

  /// Counts the tokens of `count` bytes of text that begin and end at borders of units.
  mutating func count(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let (kernels, buffers) = (kernels, buffers)
    if model.mergesCharacters {
      var scanner = WordBlockScanner(model)
      return countChunks(base, count, starts: buffers.starts, probed: buffers.probed) { source, position, blocks in
        scanner.scan(source, at: position, count: blocks, buffers, kernels: kernels)
        return true
      } ?? 0
    }
    let masks = buffers.pretokenMasks
    var scanner = PretokenChunkScanner(model, masks, kernels: kernels)
    let known = countChunks(base, count, starts: masks.blocks.starts, probed: masks.blocks.probed) {
      source, position, blocks in
      scanner.scan(source, at: position, count: blocks)
    }
    return known ?? countIrregular(base, count)
  }

  /// Counts text that the vector code does not follow.
  @inline(never)
  private mutating func countIrregular(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let buffers = buffers
    var units = PretokenUnits(model, UnsafeBufferPointer(start: base, count: count))
    return countChunks(base, count, starts: buffers.starts, probed: buffers.starts) { _, position, blocks in
      units.mark(at: position, count: blocks, buffers.starts)
      return true
    } ?? 0
  }

  /// Counts in chunks that `scan` finds the units of; nil if it does not find them.
  @inline(__always)
  private mutating func countChunks(
    _ base: UnsafePointer<UInt8>, _ count: Int, starts: UnsafePointer<UInt64>, probed: UnsafePointer<UInt64>,
    scan: (TextSource, Int, Int) -> Bool
  ) -> Int? {
    guard count > 0 else { return 0 }
    var spans = bk_spans(
      starts: buffers.spanStarts, ends: buffers.spanEnds, start_count: 0, end_count: 0, skipped_count: 0, is_open: 0)
    var total = 0
    var position = 0
    while position < count {
      let isLast = count &- position <= SegmentBuffers.chunkBytes &+ 64
      let blocks = isLast ? (count &- position &+ 63) / 64 : SegmentBuffers.chunkBytes / 64
      let text = isLast ? buffers.copyTail(base, from: max(0, position &- 64), to: count) : base
      guard scan(TextSource(text: text, end: count), position, blocks) else { return nil }
      kernels.pointee.collect(starts, probed, blocks, UInt32(truncatingIfNeeded: position), &spans)
      if isLast, spans.is_open != 0 {
        spans.ends[spans.end_count] = UInt32(truncatingIfNeeded: count)
        spans.end_count &+= 1
        spans.is_open = 0
      }
      total &+= countSpans(&spans, base: base, text: text, chunk: position)
      position &+= blocks &* 64
    }
    // What was not probed is one token each.
    return total &+ spans.skipped_count
  }

  /// Counts the spans that have an end and keeps the one that has none for the next chunk.
  @inline(__always)
  private mutating func countSpans(
    _ spans: inout bk_spans, base: UnsafePointer<UInt8>, text: UnsafePointer<UInt8>, chunk: Int
  ) -> Int {
    let ready = spans.end_count
    var total = 0
    var first = 0
    if ready > 0, Int(spans.starts[0]) &+ 64 < chunk {
      total &+= countLong(base + Int(spans.starts[0]), Int(spans.ends[0] &- spans.starts[0]))
      first = 1
    }
    // The open span's start is after the others, where the kernel may write.
    let open = spans.starts[ready]
    total &+= countKeys(
      spans.starts + first, spans.ends + first, ready &- first, base: base, text: text)
    spans.start_count = spans.start_count > ready ? 1 : 0
    spans.starts[0] = open
    spans.end_count = 0
    return total
  }

  @inline(__always)
  private mutating func countKeys(
    _ starts: UnsafeMutablePointer<UInt32>, _ ends: UnsafeMutablePointer<UInt32>, _ count: Int,
    base: UnsafePointer<UInt8>, text: UnsafePointer<UInt8>
  ) -> Int {
    let longCount = kernels.pointee.make_keys(
      text, starts, ends, count, buffers.keys, buffers.offsets, buffers.longSpans, cache.table, cache.mask)
    var missCount = 0
    var total = Int(
      truncatingIfNeeded: kernels.pointee.probe(
        buffers.keys, buffers.offsets, count, cache.table, buffers.misses, &missCount))
    // A key that is not in its own bucket may be in another one of its set.
    for index in 0..<missCount { cache.prefetchNeighbors(of: buffers.offsets[Int(buffers.misses[index])]) }
    for index in 0..<missCount { total &+= countMissed(Int(buffers.misses[index])) }
    for index in 0..<longCount {
      let span = Int(buffers.longSpans[index])
      total &+= countLong(base + Int(starts[span]), Int(ends[span] &- starts[span]))
    }
    return total
  }

  /// Counts a short pre-token that was not cached when its chunk was looked up.
  @inline(never)
  private mutating func countMissed(_ index: Int) -> Int {
    let key = buffers.keys[index]
    // Long pre-tokens have a zero key.
    guard key.low != 0 else { return 0 }
    let hash = kernels.pointee.hash(key)
    if let known = cache.count(of: key, hash: hash) { return known }
    let text = UnsafeRawPointer(buffers.keys + index).assumingMemoryBound(to: UInt8.self) + 1
    let count = encoder.encode(text, count: Int(truncatingIfNeeded: key.low & 0xFF) >> 4)
    cache.insert(key, count: count, hash: hash)
    return count
  }

  @inline(never)
  private mutating func countLong(_ text: UnsafePointer<UInt8>, _ length: Int) -> Int {
    guard PieceCache.lengths.contains(length) else { return encoder.encode(text, count: length) }
    let key = PieceCache.Key(text, length)
    if let known = longCache.value(of: text, length, key) { return known }
    let count = encoder.encode(text, count: length)
    longCache.insert(text, length, key, value: count)
    return count
  }
}

/// The arrays between the stages of counting a chunk, each with room for what vector code writes after the end.
///
/// Its owner must call `deallocate()`. It is not a class, because counting a short text would spend its time on
/// references.
struct SegmentBuffers {
  /// The bytes of text in a chunk.
  static let chunkBytes = 4096
  /// The last chunk includes a rest that would be less than a block.
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

  /// Copies the end of a text and adds zeros, so that whole blocks and keys may be read.
  ///
  /// - Returns: Where offset 0 of the text would be before the copy; offsets from `start` on may be read.
  func copyTail(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> UnsafePointer<UInt8> {
    tail.update(from: text + start, count: end &- start)
    (tail + (end &- start)).update(repeating: 0, count: 64 + 16)
    return UnsafePointer(tail) - start
  }
}

/// The text that a scanner of blocks reads.
struct TextSource {
  /// Where the text's offset 0 would be; only offsets from the current block on may be read.
  let text: UnsafePointer<UInt8>
  /// The end of the text.
  let end: Int

  @inline(__always)
  func scalar(at position: Int) -> (value: UInt32, length: Int) {
    CharacterCursor.scalar(in: UnsafeBufferPointer(start: text, count: end), at: position)
  }

  @inline(__always)
  func characterClass(at position: Int) -> CharacterClass {
    let byte = text[position]
    return UnicodeTables.characterClass(of: byte < 0x80 ? UInt32(byte) : scalar(at: position).value)
  }

  /// The end of the character that continues at `position`; `position` where one begins or the text ends.
  @inline(__always)
  func characterEnd(_ position: Int) -> Int {
    var position = position
    while position < end, text[position] & 0xC0 == 0x80 { position &+= 1 }
    return position
  }

  /// Whether the text ends or has white space at `position`.
  @inline(__always)
  func isSpaceOrEnd(_ position: Int) -> Bool {
    guard position < end else { return true }
    return characterClass(at: position).rawValue >= CharacterClass.space.rawValue
  }
}
