/// Where a byte of a text comes from: the template itself, or one member of the input, copied or rewritten.
struct TextOrigin: Sendable, Hashable {
  var rawValue: UInt32

  /// The template's own literals, and what was computed from several inputs.
  static let template = TextOrigin(rawValue: 0)
  /// Several origins; the storage knows which.
  static let mixed = TextOrigin(rawValue: 0x3FFF_FFFF)

  /// The input with a number from 1 on.
  static func input(_ number: Int) -> TextOrigin { TextOrigin(rawValue: UInt32(number) & 0x3FFF_FFFF) }

  /// Number of the input, 0 for the template.
  var number: Int { Int(rawValue & 0x3FFF_FFFF) }
  /// Whether the bytes are not those of the input any more.
  var isRewritten: Bool { rawValue & 0x4000_0000 != 0 }
  /// The same origin for bytes that are computed from it.
  var rewritten: TextOrigin { rawValue == 0 ? self : TextOrigin(rawValue: rawValue | 0x4000_0000) }

  /// The origin of what is computed of two values, neither of which is copied.
  func joined(_ other: TextOrigin) -> TextOrigin {
    self == other || self == .template ? other : other == .template ? self : .template
  }

  /// Whether a recording follows the text; only ``JinjaText`` itself sees such origins.
  fileprivate var isTraced: Bool { rawValue & 0x8000_0000 != 0 }
  /// The same origin for a text that a recording follows.
  fileprivate var traced: TextOrigin { TextOrigin(rawValue: rawValue | 0x8000_0000) }
  fileprivate var untraced: TextOrigin { TextOrigin(rawValue: rawValue & 0x7FFF_FFFF) }
}

/// A run of bytes of one origin.
struct TextRun {
  /// Offset after the last byte; the first byte is where the previous run ends.
  var end: UInt32
  let origin: TextOrigin
  /// Position of the first byte in the input's storage; without meaning for other origins.
  let position: UInt32
}

/// A text value: a slice of a storage, or of memory that outlives the rendering, with the origin of its bytes.
///
/// Most texts that a template handles are its own literals and the messages. They have no storage, so that copying such a
/// value counts no references.
///
/// While a rendering is recorded, the contents of messages are texts that the recording follows: looking at one in any way
/// that ``TraceRecorder`` does not know ends the recording. The stored properties are private, so that nobody looks
/// unseen.
struct JinjaText {
  /// What keeps the bytes; nil where something else does until the rendering ends.
  let storage: TextStorage?
  /// The byte that offsets count from; nil for a concatenation that was not put together when the text was made.
  private let base: UnsafeRawPointer?
  private let firstOffset: UInt32
  private let endOffset: UInt32
  private let markedOrigin: TextOrigin

  private init(
    storage: TextStorage?, base: UnsafeRawPointer?, start: UInt32, end: UInt32, origin: TextOrigin
  ) {
    self.storage = storage
    self.base = base
    firstOffset = start
    endOffset = end
    markedOrigin = origin
  }

  init(storage: TextStorage, start: UInt32, end: UInt32, origin: TextOrigin) {
    self.init(
      storage: storage, base: storage.unjoinedPieces == nil ? storage.buffer.baseAddress : nil, start: start, end: end,
      origin: origin)
  }

  /// Makes a text of memory that stays as it is until the rendering ends.
  ///
  /// - Parameter base: what the offsets count from.
  init(borrowing base: UnsafeRawPointer, start: UInt32, end: UInt32, origin: TextOrigin) {
    self.init(storage: nil, base: base, start: start, end: end, origin: origin)
  }

  /// Makes a text of the program's own.
  init(literal: StaticString) {
    self.init(borrowing: literal.utf8Start, start: 0, end: UInt32(literal.utf8CodeUnitCount), origin: .template)
  }

  /// Makes a text of computed bytes.
  init(_ bytes: [UInt8], origin: TextOrigin = .template) {
    self.init(
      storage: bytes.withUnsafeBytes { TextStorage(copying: $0) }, start: 0, end: UInt32(bytes.count), origin: origin)
  }

  /// Makes a text of a string.
  init(_ string: String, origin: TextOrigin = .template) {
    var string = string
    let storage = string.withUTF8 { TextStorage(copying: UnsafeRawBufferPointer($0)) }
    self.init(storage: storage, start: 0, end: UInt32(storage.count), origin: origin)
  }

  /// Makes a text of collected output, whose memory it takes over.
  init(_ output: consuming TextOutput) {
    guard !output.isTraced else {
      self = JinjaText.joined(output.tracedPieces)
      return
    }
    let first = output.runs.first?.origin ?? .template
    // Bytes that were copied have another place than in their input, which only runs can say.
    let isUniform = output.runs.count <= 1 && (first == .template || first.isRewritten)
    let runs = isUniform ? [] : Array(output.runs)
    let count = output.count
    self.init(
      storage: TextStorage(taking: output.takeBytes(), count: count, runs: runs), start: 0, end: UInt32(count),
      origin: isUniform ? first : .mixed)
  }

  static var empty: JinjaText { JinjaText(literal: "") }

  var start: UInt32 {
    noteLook()
    return firstOffset
  }

  var end: UInt32 {
    noteLook()
    return endOffset
  }

  var origin: TextOrigin {
    noteLook()
    return markedOrigin.untraced
  }

  /// Number of bytes.
  var count: Int {
    noteLook()
    return Int(endOffset - firstOffset)
  }

  var isEmpty: Bool { isTraced ? isTracedEmpty : firstOffset == endOffset }

  /// The bytes, valid as long as the text.
  var bytes: UnsafeRawBufferPointer {
    noteLook()
    return UnsafeRawBufferPointer(
      start: (base ?? storage?.buffer.baseAddress).map { $0 + Int(firstOffset) }, count: Int(endOffset - firstOffset))
  }

  /// The pieces of a whole concatenation that was not put together.
  var unjoinedPieces: [JinjaText]? {
    guard base == nil, let storage, firstOffset == 0, Int(endOffset) == storage.count else { return nil }
    return storage.unjoinedPieces
  }

  /// Whether both are the same bytes in memory, as Python's `is` tells of texts.
  func isSame(as other: JinjaText) -> Bool {
    start == other.start && end == other.end && storage === other.storage && base == other.base
  }

  var array: [UInt8] { withExtendedLifetime(storage) { Array(bytes) } }
  var string: String { withExtendedLifetime(storage) { String(decoding: bytes, as: UTF8.self) } }

  /// Python's `repr`; unlike ``string`` it can say halves of surrogate pairs.
  var repr: String { withExtendedLifetime(storage) { String(decoding: PythonText.repr(bytes), as: UTF8.self) } }

  /// A part of the text by byte offsets.
  func slice(_ range: Range<Int>) -> JinjaText {
    noteLook()
    return JinjaText(
      storage: storage, base: base, start: firstOffset + UInt32(range.lowerBound),
      end: firstOffset + UInt32(range.upperBound), origin: markedOrigin.untraced)
  }

  /// The same bytes with another origin.
  func with(_ origin: TextOrigin) -> JinjaText {
    noteLook()
    return JinjaText(storage: storage, base: base, start: firstOffset, end: endOffset, origin: origin)
  }

  func equals(_ other: JinjaText) -> Bool {
    if isTraced, let answer = ask(.equals, other) { return answer }
    if other.isTraced, let answer = other.ask(.equals, self) { return answer }
    guard count == other.count else { return false }
    return withExtendedLifetime((storage, other.storage)) { RawBytes.areEqual(bytes, other.bytes) }
  }

  @inline(__always)
  func equals(_ other: UnsafeRawBufferPointer) -> Bool {
    if isTraced, let answer = ask(.equals, JinjaText(Array(other))) { return answer }
    guard count == other.count else { return false }
    // A text that borrows its bytes, as most do, is not copied for this.
    guard let base else { return joinedEquals(other) }
    return RawBytes.areEqual(UnsafeRawBufferPointer(start: base + Int(firstOffset), count: other.count), other)
  }

  /// Whether a concatenation holds these bytes, which are as many.
  private func joinedEquals(_ other: UnsafeRawBufferPointer) -> Bool {
    withExtendedLifetime(storage) { RawBytes.areEqual(bytes, other) }
  }

  /// Order by code points, which for UTF-8 is the order of the bytes.
  func compare(_ other: JinjaText) -> Int {
    withExtendedLifetime((storage, other.storage)) {
      let (left, right) = (bytes, other.bytes)
      for index in 0..<min(left.count, right.count) where left[index] != right[index] {
        return left[index] < right[index] ? -1 : 1
      }
      return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
    }
  }

  /// Concatenation: the bytes are copied when something but printing needs them, or where there are many pieces.
  static func + (left: JinjaText, right: JinjaText) -> JinjaText {
    guard !left.isTraced, !right.isTraced else { return joined([left, right]) }
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    return joined([left, right])
  }

  static func joined(_ pieces: [JinjaText]) -> JinjaText {
    var pieces = pieces
    if pieces.contains(where: { $0.unjoinedPieces != nil }) { pieces = pieces.flatMap { $0.unjoinedPieces ?? [$0] } }
    if let traced = pieces.first(where: { $0.isTraced }) { return traced.joining(pieces) }
    let total = pieces.reduce(0) { $0 + $1.count }
    guard pieces.count <= 16, total > 0 else {
      var output = TextOutput()
      output.reserve(total)
      for piece in pieces { output.append(piece) }
      return JinjaText(output)
    }
    return JinjaText(
      storage: TextStorage(joining: pieces, count: total), base: nil, start: 0, end: UInt32(total), origin: .mixed)
  }

  /// The origin of a text that is computed from this one: its own where all bytes come from one input.
  var computedOrigin: TextOrigin {
    noteLook()
    guard origin == .mixed else { return origin.rewritten }
    var result: TextOrigin?
    for run in runs where run.origin != .template {
      guard result == nil || result == run.origin.rewritten else { return .template }
      result = run.origin.rewritten
    }
    return result ?? .template
  }

  /// The runs of the text, their ends relative to its start.
  var runs: [TextRun] {
    guard origin == .mixed, let storage else { return [TextRun(end: end - start, origin: origin, position: start)] }
    _ = storage.buffer
    var result: [TextRun] = []
    var runStart: UInt32 = 0
    for run in storage.runs {
      if run.end > start, runStart < end {
        let skipped = start > runStart ? start - runStart : 0
        result.append(
          TextRun(end: min(run.end, end) - start, origin: run.origin, position: run.position + skipped))
      }
      runStart = run.end
      if runStart >= end { break }
    }
    return result
  }
}

// MARK: - Recording

extension JinjaText {
  /// Makes a text that a recording follows, of memory that stays as it is until the rendering ends.
  init(tracing bytes: UnsafeRawBufferPointer, as trace: TextTrace) {
    self.init(
      storage: TextStorage(trace: trace), base: bytes.baseAddress ?? JinjaText.empty.base, start: 0,
      end: UInt32(bytes.count), origin: TextOrigin.input(1).traced)
  }

  /// Whether a recording follows the text.
  @inline(__always)
  var isTraced: Bool { markedOrigin.isTraced }

  /// What a recording knows of the text; nil where none follows it.
  var trace: TextTrace? { isTraced ? storage?.trace : nil }

  /// The text of a recording as any other; nil for a text of several pieces.
  var untraced: JinjaText? {
    guard trace?.source != nil else { return nil }
    return JinjaText(storage: nil, base: base, start: firstOffset, end: endOffset, origin: markedOrigin.untraced)
  }

  /// Number of bytes for the limits, which no rendering but one that is stopped depends on.
  var chargedCount: Int {
    if isTraced { trace?.recorder.add(weight: unjoinedPieces?.count ?? 1) }
    return Int(endOffset - firstOffset)
  }

  /// Ends the recording that follows the text.
  @inline(__always)
  private func noteLook() {
    if isTraced { endRecording() }
  }

  @inline(never)
  private func endRecording() { trace?.recorder.giveUp() }

  /// Whether a text that a recording follows is empty.
  private var isTracedEmpty: Bool {
    if let answer = ask(.equals, .empty) { return answer }
    if let pieces = unjoinedPieces, pieces.contains(where: { !$0.isTraced && !$0.isEmpty }) { return false }
    endRecording()
    return firstOffset == endOffset
  }

  /// The concatenation of texts, as one that the recording of this text follows.
  private func joining(_ pieces: [JinjaText]) -> JinjaText {
    guard let recorder = trace?.recorder else { return .empty }
    recorder.add(weight: pieces.count)
    let total = pieces.reduce(0) { $0 + Int($1.endOffset - $1.firstOffset) }
    return JinjaText(
      storage: TextStorage(joining: pieces, count: total, trace: TextTrace(recorder, source: nil)), base: nil, start: 0,
      end: UInt32(total), origin: TextOrigin.mixed.traced)
  }
}
