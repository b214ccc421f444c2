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
}

/// A run of bytes of one origin.
struct TextRun {
  /// Offset after the last byte; the first byte is where the previous run ends.
  var end: UInt32
  let origin: TextOrigin
  /// Position of the first byte in the input's storage; without meaning for other origins.
  let position: UInt32
}

/// Bytes that texts are slices of. The text is UTF-8; a lone surrogate has the three bytes that UTF-8 would give it.
///
/// A storage either borrows memory that outlives the rendering, owns a buffer, or is a concatenation whose bytes are
/// put together when something but printing needs them.
final class TextStorage {
  let count: Int
  private var bytes: UnsafeRawPointer?
  private var owned: UnsafeMutableRawPointer?
  private var pieces: [JinjaText]
  /// Origins of the bytes of a text whose origin is ``TextOrigin/mixed``.
  private(set) var runs: [TextRun]

  /// Borrows memory, which must live as long as the rendering.
  init(borrowing buffer: UnsafeRawBufferPointer, runs: [TextRun] = []) {
    count = buffer.count
    bytes = buffer.baseAddress
    pieces = []
    self.runs = runs
  }

  /// Copies bytes.
  init(copying buffer: UnsafeRawBufferPointer, runs: [TextRun] = []) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, buffer.count), alignment: 1)
    if let base = buffer.baseAddress { memory.copyMemory(from: base, byteCount: buffer.count) }
    count = buffer.count
    bytes = UnsafeRawPointer(memory)
    owned = memory
    pieces = []
    self.runs = runs
  }

  /// Joins texts without copying them yet.
  init(joining pieces: [JinjaText], count: Int) {
    self.count = count
    self.pieces = pieces
    runs = []
  }

  deinit { owned?.deallocate() }

  /// The bytes, valid as long as the storage.
  var buffer: UnsafeRawBufferPointer {
    if bytes == nil { flatten() }
    return UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// The pieces of a concatenation that was not put together.
  var unjoinedPieces: [JinjaText]? { bytes == nil && count > 0 ? pieces : nil }

  private func flatten() {
    var output = TextOutput()
    output.reserve(count)
    for piece in pieces { output.append(piece) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: 1)
    output.bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { memory.copyMemory(from: base, byteCount: count) }
    }
    bytes = UnsafeRawPointer(memory)
    owned = memory
    runs = output.runs
    pieces = []
  }
}

/// A text value: a slice of a storage with the origin of its bytes.
struct JinjaText {
  let storage: TextStorage
  let start: UInt32
  let end: UInt32
  let origin: TextOrigin

  init(storage: TextStorage, start: UInt32, end: UInt32, origin: TextOrigin) {
    self.storage = storage
    self.start = start
    self.end = end
    self.origin = origin
  }

  /// Makes a text of computed bytes.
  init(_ bytes: [UInt8], origin: TextOrigin = .template) {
    storage = bytes.withUnsafeBytes { TextStorage(copying: $0) }
    start = 0
    end = UInt32(bytes.count)
    self.origin = origin
  }

  /// Makes a text of a string.
  init(_ string: String, origin: TextOrigin = .template) {
    var string = string
    storage = string.withUTF8 { TextStorage(copying: UnsafeRawBufferPointer($0)) }
    start = 0
    end = UInt32(storage.count)
    self.origin = origin
  }

  /// Makes a text of collected output.
  init(_ output: TextOutput) {
    let first = output.runs.first?.origin ?? .template
    // Bytes that were copied have another place than in their input, which only runs can say.
    let isUniform = output.runs.count <= 1 && (first == .template || first.isRewritten)
    storage = output.bytes.withUnsafeBytes { TextStorage(copying: $0, runs: isUniform ? [] : output.runs) }
    start = 0
    end = UInt32(output.bytes.count)
    origin = isUniform ? first : .mixed
  }

  static var empty: JinjaText { JinjaText([]) }

  /// Number of bytes.
  var count: Int { Int(end - start) }
  var isEmpty: Bool { start == end }

  /// The bytes, valid as long as the text.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage.buffer[Int(start)..<Int(end)])
  }

  var array: [UInt8] { withExtendedLifetime(storage) { Array(bytes) } }
  var string: String { withExtendedLifetime(storage) { String(decoding: bytes, as: UTF8.self) } }

  /// A part of the text by byte offsets.
  func slice(_ range: Range<Int>) -> JinjaText {
    JinjaText(
      storage: storage, start: start + UInt32(range.lowerBound), end: start + UInt32(range.upperBound), origin: origin)
  }

  /// Whether all bytes are ASCII.
  ///
  /// - Complexity: O(`count`).
  var isASCII: Bool { withExtendedLifetime(storage) { bytes.allSatisfy { $0 < 0x80 } } }

  func equals(_ other: JinjaText) -> Bool {
    guard count == other.count else { return false }
    return compare(other) == 0
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

  func equals(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    return withExtendedLifetime(storage) {
      let bytes = bytes
      return (0..<count).allSatisfy { bytes[$0] == literal.utf8Start[$0] }
    }
  }

  /// Concatenation: short texts are copied at once, long ones when something but printing needs their bytes.
  static func + (left: JinjaText, right: JinjaText) -> JinjaText {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    return joined([left, right])
  }

  static func joined(_ pieces: [JinjaText]) -> JinjaText {
    let total = pieces.reduce(0) { $0 + $1.count }
    if total <= 256 || pieces.count > 16 {
      var output = TextOutput()
      output.reserve(total)
      for piece in pieces { output.append(piece) }
      return JinjaText(output)
    }
    let flat = pieces.flatMap { piece in
      piece.start == 0 && piece.count == piece.storage.count ? piece.storage.unjoinedPieces ?? [piece] : [piece]
    }
    guard flat.count <= 16 else {
      var output = TextOutput()
      for piece in flat { output.append(piece) }
      return JinjaText(output)
    }
    return JinjaText(
      storage: TextStorage(joining: flat, count: total), start: 0, end: UInt32(total), origin: .mixed)
  }

  /// The origin of a text that is computed from this one: its own where all bytes come from one input.
  var computedOrigin: TextOrigin {
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
    guard origin == .mixed else { return [TextRun(end: end - start, origin: origin, position: start)] }
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

/// Collected output: bytes and the runs that cover them.
struct TextOutput {
  var bytes: [UInt8] = []
  private(set) var runs: [TextRun] = []

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
  }

  /// Appends a text with its origins.
  mutating func append(_ text: JinjaText) {
    guard !text.isEmpty else { return }
    if text.origin == .mixed {
      if text.start == 0, text.count == text.storage.count, let pieces = text.storage.unjoinedPieces {
        for piece in pieces { append(piece) }
        return
      }
      let base = UInt32(bytes.count)
      for run in text.runs { close(at: base + run.end, run.origin, position: run.position) }
    } else {
      close(at: UInt32(bytes.count + text.count), text.origin, position: text.start)
    }
    withExtendedLifetime(text.storage) { bytes.append(contentsOf: text.bytes) }
  }

  /// Appends computed bytes.
  mutating func append(_ buffer: some Collection<UInt8>, origin: TextOrigin = .template) {
    guard !buffer.isEmpty else { return }
    bytes.append(contentsOf: buffer)
    close(at: UInt32(bytes.count), origin, position: 0)
  }

  mutating func append(byte: UInt8, origin: TextOrigin = .template) {
    bytes.append(byte)
    close(at: UInt32(bytes.count), origin, position: 0)
  }

  /// Cuts the output and forgets what was after it.
  mutating func truncate(to count: Int) {
    guard count < bytes.count else { return }
    bytes.removeLast(bytes.count - count)
    while let last = runs.last, last.end > UInt32(count) {
      let start = runs.count > 1 ? runs[runs.count - 2].end : 0
      if start < UInt32(count) {
        runs[runs.count - 1].end = UInt32(count)
        return
      }
      runs.removeLast()
    }
  }

  private mutating func close(at end: UInt32, _ origin: TextOrigin, position: UInt32) {
    if let last = runs.last, last.origin == origin {
      let start = runs.count > 1 ? runs[runs.count - 2].end : 0
      let isContinued = origin == .template || origin.isRewritten || last.position + (last.end - start) == position
      if isContinued {
        runs[runs.count - 1].end = end
        return
      }
    }
    runs.append(TextRun(end: end, origin: origin, position: position))
  }
}
