import Glibc

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
  private(set) var count: Int
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

  /// Takes over memory that was allocated without alignment.
  init(taking memory: UnsafeMutableRawPointer, count: Int, runs: [TextRun]) {
    self.count = count
    bytes = UnsafeRawPointer(memory)
    owned = memory
    pieces = []
    self.runs = runs
  }

  /// Makes an empty storage with room for bytes that are appended later.
  init(capacity: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, capacity), alignment: 1)
    count = 0
    bytes = UnsafeRawPointer(memory)
    owned = memory
    pieces = []
    runs = []
  }

  /// Appends a string, for which there must be room, and returns where it begins.
  func append(_ string: String) -> UInt32 {
    let start = count
    var string = string
    string.withUTF8 { source in
      if let owned, let base = source.baseAddress {
        (owned + start).copyMemory(from: base, byteCount: source.count)
      }
      count += source.count
    }
    return UInt32(start)
  }

  /// Appends bytes, for which there must be room, and returns where they begin.
  func append(_ source: [UInt8]) -> UInt32 {
    let start = count
    source.withUnsafeBytes { source in
      if let owned, let base = source.baseAddress {
        (owned + start).copyMemory(from: base, byteCount: source.count)
      }
      count += source.count
    }
    return UInt32(start)
  }

  /// Appends bytes, for which there must be room, and returns where they begin.
  func append(_ source: RawSpan) -> UInt32 {
    let start = count
    source.withUnsafeBytes { source in
      if let owned, let base = source.baseAddress {
        (owned + start).copyMemory(from: base, byteCount: source.count)
      }
      count += source.count
    }
    return UInt32(start)
  }

  /// Whether the bytes from an offset on are UTF-8.
  ///
  /// - Complexity: O(bytes).
  func isWellFormed(from start: Int) -> Bool {
    guard let owned else { return true }
    var offset = start
    // Most texts are ASCII.
    while offset + 8 <= count, owned.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      offset += 8
    }
    let rest = Span(_unsafeStart: owned.assumingMemoryBound(to: UInt8.self) + offset, count: count - offset)
    do { return try UTF8Span(validating: rest).count >= 0 } catch { return false }
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
    runs = Array(output.runs)
    owned = output.takeBytes()
    bytes = UnsafeRawPointer(owned)
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

  /// Makes a text of collected output, whose memory it takes over.
  init(_ output: consuming TextOutput) {
    let first = output.runs.first?.origin ?? .template
    // Bytes that were copied have another place than in their input, which only runs can say.
    let isUniform = output.runs.count <= 1 && (first == .template || first.isRewritten)
    let runs = isUniform ? [] : Array(output.runs)
    let count = output.count
    storage = TextStorage(taking: output.takeBytes(), count: count, runs: runs)
    start = 0
    end = UInt32(count)
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

  func equals(_ other: JinjaText) -> Bool {
    guard count == other.count else { return false }
    return withExtendedLifetime((storage, other.storage)) { RawBytes.areEqual(bytes, other.bytes) }
  }

  func equals(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    return withExtendedLifetime(storage) { RawBytes.areEqual(bytes, other) }
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

/// Comparing and finding bytes.
enum RawBytes {
  /// The offset of a text from an offset on.
  static func find(_ text: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    find(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), in: bytes, start..<bytes.count)
  }

  /// The offset of bytes that are not empty, within a range.
  static func find(
    _ part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> Int? {
    guard let base = bytes.baseAddress, let needle = part.baseAddress, let first = part.first else { return nil }
    var offset = range.lowerBound
    let last = range.upperBound - part.count
    while offset <= last, let found = memchr(base + offset, Int32(first), last - offset + 1) {
      offset = UnsafeRawPointer(found) - base
      if memcmp(found, needle, part.count) == 0 { return offset }
      offset += 1
    }
    return nil
  }

  /// Whether two buffers of one length hold the same bytes.
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    let count = left.count
    guard a != b else { return true }
    var offset = 0
    while offset + 8 <= count {
      guard
        a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          == b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      else { return false }
      offset += 8
    }
    while offset < count {
      guard a.load(fromByteOffset: offset, as: UInt8.self) == b.load(fromByteOffset: offset, as: UInt8.self) else {
        return false
      }
      offset += 1
    }
    return true
  }
}
