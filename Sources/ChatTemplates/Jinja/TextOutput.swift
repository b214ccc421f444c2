/// Collected output: bytes and the runs that cover them, in memory that appending to costs little more than copying.
struct TextOutput: ~Copyable {
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Number of bytes.
  private(set) var count = 0
  private var runMemory: UnsafeMutablePointer<TextRun>?
  private var runCapacity = 0
  private var runCount = 0

  init() {}

  deinit {
    memory?.deallocate()
    runMemory?.deallocate()
  }

  var isEmpty: Bool { count == 0 }

  /// The bytes, valid until the output changes or ends.
  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  /// The runs, valid until the output changes or ends.
  var runs: UnsafeBufferPointer<TextRun> { UnsafeBufferPointer(start: runMemory, count: runCount) }

  /// Makes room for further bytes.
  mutating func reserve(_ additional: Int) {
    let needed = count + additional
    guard needed > capacity else { return }
    let larger = max(needed, capacity * 2, 64)
    let grown = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 1)
    if let memory {
      grown.copyMemory(from: memory, byteCount: count)
      memory.deallocate()
    }
    memory = grown
    capacity = larger
  }

  /// Gives the bytes away and is empty after it.
  mutating func takeBytes() -> UnsafeMutableRawPointer {
    let taken = memory ?? .allocate(byteCount: 1, alignment: 1)
    memory = nil
    capacity = 0
    count = 0
    runCount = 0
    return taken
  }

  /// Appends a text with its origins.
  mutating func append(_ text: JinjaText) {
    guard !text.isEmpty else { return }
    if text.origin == .mixed {
      if let pieces = text.unjoinedPieces {
        for piece in pieces { append(piece) }
        return
      }
      let base = UInt32(count)
      for run in text.runs { close(at: base + run.end, run.origin, position: run.position) }
    } else {
      close(at: UInt32(count + text.count), text.origin, position: text.start)
    }
    copy(text.bytes)
    withExtendedLifetime(text.storage) {}
  }

  /// Appends bytes of the template.
  mutating func append(_ literal: UnsafeRawBufferPointer) {
    guard !literal.isEmpty else { return }
    close(at: UInt32(count + literal.count), .template, position: 0)
    copy(literal)
  }

  /// Appends computed bytes.
  mutating func append(_ bytes: [UInt8], origin: TextOrigin = .template) {
    guard !bytes.isEmpty else { return }
    close(at: UInt32(count + bytes.count), origin, position: 0)
    bytes.withUnsafeBytes { copy($0) }
  }

  mutating func append(byte: UInt8, origin: TextOrigin = .template) {
    close(at: UInt32(count + 1), origin, position: 0)
    withUnsafeBytes(of: byte) { copy($0) }
  }

  @inline(__always)
  private mutating func copy(_ source: UnsafeRawBufferPointer) {
    if count + source.count > capacity { reserve(source.count) }
    guard let memory, let base = source.baseAddress else { return }
    (memory + count).copyMemory(from: base, byteCount: source.count)
    count += source.count
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    count = 0
    runCount = 0
  }

  /// Cuts the output and forgets what was after it.
  mutating func truncate(to length: Int) {
    guard length < count, let runMemory else { return }
    count = length
    while runCount > 0, runMemory[runCount - 1].end > UInt32(length) {
      let start = runCount > 1 ? runMemory[runCount - 2].end : 0
      if start < UInt32(length) {
        runMemory[runCount - 1].end = UInt32(length)
        return
      }
      runCount -= 1
    }
  }

  /// Lets everything up to an end be of an origin, in the last run where it continues that one.
  @inline(__always)
  private mutating func close(at end: UInt32, _ origin: TextOrigin, position: UInt32) {
    if let runMemory, runCount > 0 {
      let last = runMemory + (runCount - 1)
      if last.pointee.origin == origin {
        let start = runCount > 1 ? runMemory[runCount - 2].end : 0
        let follows = last.pointee.position + (last.pointee.end - start) == position
        if follows || origin == .template || origin.isRewritten {
          last.pointee.end = end
          return
        }
      }
    }
    if runCount == runCapacity { growRuns() }
    runMemory?[runCount] = TextRun(end: end, origin: origin, position: position)
    runCount += 1
  }

  private mutating func growRuns() {
    let larger = max(16, runCapacity * 2)
    let grown = UnsafeMutablePointer<TextRun>.allocate(capacity: larger)
    if let runMemory {
      grown.update(from: runMemory, count: runCount)
      runMemory.deallocate()
    }
    runMemory = grown
    runCapacity = larger
  }
}
