/// Collected output: bytes and the runs that cover them, in memory that appending to costs little more than copying.
struct TextOutput: ~Copyable {
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Number of bytes for the limits, which no rendering but one that is stopped depends on.
  private(set) var size = 0
  /// The runs; the end of the last one is noted when it is asked for, or when the next one begins.
  private var runMemory: UnsafeMutablePointer<TextRun>?
  private var runCapacity = 0
  private var runCount = 0
  /// The origin of the last run; nil where there is none.
  private var lastOrigin: TextOrigin?
  /// The position in its input of the byte that would continue the last run; without meaning for other origins.
  private var nextPosition: UInt32 = 0
  /// The texts that a recording follows, in order; it ends where somebody asks how long all is, or what it is.
  private(set) var insertions: [Insertion] = []

  /// Where a text is that a recording follows.
  struct Insertion {
    let text: JinjaText
    let start: Int
    let end: Int
  }

  init() {}

  deinit {
    memory?.deallocate()
    runMemory?.deallocate()
  }

  /// Number of bytes.
  var count: Int {
    noteLook()
    return size
  }

  var isEmpty: Bool { count == 0 }

  /// The bytes, valid until the output changes or ends.
  var buffer: UnsafeRawBufferPointer {
    noteLook()
    return UnsafeRawBufferPointer(start: memory, count: size)
  }

  /// The runs, valid until the output changes or ends.
  var runs: UnsafeBufferPointer<TextRun> {
    noteLook()
    return allRuns
  }

  private var allRuns: UnsafeBufferPointer<TextRun> {
    noteEnd()
    return UnsafeBufferPointer(start: runMemory, count: runCount)
  }

  /// Notes where the last run ends.
  private func noteEnd() {
    if let runMemory, runCount > 0 { runMemory[runCount - 1].end = UInt32(size) }
  }

  /// Ends the recording that follows texts in the output.
  private func noteLook() {
    if isTraced { insertions[0].text.trace?.recorder.giveUp() }
  }

  /// Whether a recording follows texts in the output.
  var isTraced: Bool { !insertions.isEmpty }

  /// All that was printed: texts that a recording follows, and what is between them.
  var tracedPieces: [JinjaText] {
    let bytes = UnsafeRawBufferPointer(start: memory, count: size)
    let whole = JinjaText(
      storage: TextStorage(copying: bytes, runs: Array(allRuns)), start: 0, end: UInt32(size), origin: .mixed)
    var pieces: [JinjaText] = []
    var start = 0
    for insertion in insertions {
      if insertion.start > start { pieces.append(whole.slice(start..<insertion.start)) }
      pieces.append(insertion.text)
      start = insertion.end
    }
    if size > start { pieces.append(whole.slice(start..<size)) }
    return pieces
  }

  /// Makes room for further bytes.
  mutating func reserve(_ additional: Int) {
    let needed = size + additional
    guard needed > capacity else { return }
    let larger = max(needed, capacity * 2, 64)
    let grown = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 1)
    if let memory {
      grown.copyMemory(from: memory, byteCount: size)
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
    removeAll()
    return taken
  }

  /// Appends a text with its origins.
  @inline(__always)
  mutating func append(_ text: JinjaText) {
    if text.isTraced { return append(traced: text) }
    if text.origin == .mixed { return append(mixed: text) }
    guard !text.isEmpty else { return }
    begin(text.origin, position: text.start, count: text.count)
    copy(text.bytes)
    withExtendedLifetime(text.storage) {}
  }

  private mutating func append(mixed text: JinjaText) {
    if let pieces = text.unjoinedPieces {
      for piece in pieces { append(piece) }
      return
    }
    var start = 0
    for run in text.runs {
      begin(run.origin, position: run.position, count: Int(run.end) - start)
      copy(UnsafeRawBufferPointer(rebasing: text.bytes[start..<Int(run.end)]))
      start = Int(run.end)
    }
    withExtendedLifetime(text.storage) {}
  }

  @inline(never)
  private mutating func append(traced text: JinjaText) {
    if let pieces = text.unjoinedPieces {
      for piece in pieces { append(piece) }
      return
    }
    // Without a source something has looked at the text, which has ended the recording.
    guard let trace = text.trace, trace.source != nil, let bytes = text.untraced else { return }
    trace.recorder.add(weight: 1)
    let start = size
    append(bytes)
    insertions.append(Insertion(text: text, start: start, end: size))
  }

  /// Appends bytes of the template.
  @inline(__always)
  mutating func append(_ literal: UnsafeRawBufferPointer) {
    guard !literal.isEmpty else { return }
    begin(.template, position: 0, count: literal.count)
    copy(literal)
  }

  /// Appends computed bytes.
  mutating func append(_ bytes: [UInt8], origin: TextOrigin = .template) {
    guard !bytes.isEmpty else { return }
    begin(origin, position: 0, count: bytes.count)
    bytes.withUnsafeBytes { copy($0) }
  }

  mutating func append(byte: UInt8, origin: TextOrigin = .template) {
    begin(origin, position: 0, count: 1)
    withUnsafeBytes(of: byte) { copy($0) }
  }

  @inline(__always)
  private mutating func copy(_ source: UnsafeRawBufferPointer) {
    if source.count > capacity &- size { reserve(source.count) }
    guard let memory, let base = source.baseAddress else { return }
    (memory + size).copyMemory(from: base, byteCount: source.count)
    size &+= source.count
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    size = 0
    if isTraced { insertions.removeAll() }
    runCount = 0
    lastOrigin = nil
  }

  /// Cuts the output and forgets what was after it; what is appended next begins a run.
  mutating func truncate(to length: Int) {
    guard length < size, let runMemory else { return }
    noteLook()
    noteEnd()
    size = length
    while runCount > 0, (runCount > 1 ? runMemory[runCount - 2].end : 0) >= UInt32(length) { runCount -= 1 }
    lastOrigin = nil
  }

  /// Lets the bytes that are appended next be of an origin, in the last run where they continue that one.
  @inline(__always)
  private mutating func begin(_ origin: TextOrigin, position: UInt32, count added: Int) {
    if lastOrigin == origin {
      if origin == .template || origin.isRewritten { return }
      if nextPosition == position {
        nextPosition = position &+ UInt32(truncatingIfNeeded: added)
        return
      }
    }
    beginRun(origin, position: position)
    nextPosition = position &+ UInt32(truncatingIfNeeded: added)
  }

  private mutating func beginRun(_ origin: TextOrigin, position: UInt32) {
    noteEnd()
    if runCount == runCapacity { growRuns() }
    runMemory?[runCount] = TextRun(end: UInt32(size), origin: origin, position: position)
    runCount += 1
    lastOrigin = origin
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
