/// Bytes that texts are slices of. The text is UTF-8; a lone surrogate has the three bytes that UTF-8 would give it.
///
/// A storage owns a buffer, or is a concatenation whose bytes are put together when something but printing needs them.
final class TextStorage {
  private(set) var count: Int
  private var bytes: UnsafeRawPointer?
  private var owned: UnsafeMutableRawPointer?
  private var pieces: [JinjaText]
  /// Origins of the bytes of a text whose origin is ``TextOrigin/mixed``.
  private(set) var runs: [TextRun]
  /// What a recording knows of a text that it follows.
  let trace: TextTrace?

  /// Copies bytes.
  init(copying buffer: UnsafeRawBufferPointer, runs: [TextRun] = []) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, buffer.count), alignment: 1)
    if let base = buffer.baseAddress { memory.copyMemory(from: base, byteCount: buffer.count) }
    count = buffer.count
    bytes = UnsafeRawPointer(memory)
    owned = memory
    pieces = []
    self.runs = runs
    trace = nil
  }

  /// Takes over memory that was allocated without alignment.
  init(taking memory: UnsafeMutableRawPointer, count: Int, runs: [TextRun]) {
    self.count = count
    bytes = UnsafeRawPointer(memory)
    owned = memory
    pieces = []
    self.runs = runs
    trace = nil
  }

  /// Makes an empty storage with room for bytes that are appended later.
  init(capacity: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, capacity), alignment: 1)
    count = 0
    bytes = UnsafeRawPointer(memory)
    owned = memory
    pieces = []
    runs = []
    trace = nil
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

  /// The bytes from an offset on as a text, valid as long as the storage, which it does not keep.
  func text(from start: UInt32, origin: TextOrigin) -> JinjaText {
    guard let bytes else { return .empty }
    return JinjaText(borrowing: bytes, start: start, end: UInt32(count), origin: origin)
  }

  /// Joins texts without copying them yet.
  init(joining pieces: [JinjaText], count: Int, trace: TextTrace? = nil) {
    self.count = count
    self.pieces = pieces
    runs = []
    self.trace = trace
  }

  /// Makes a storage without bytes for a text whose bytes are elsewhere.
  init(trace: TextTrace) {
    count = 0
    pieces = []
    runs = []
    self.trace = trace
  }

  deinit { owned?.deallocate() }

  /// The bytes, valid as long as the storage.
  var buffer: UnsafeRawBufferPointer {
    if bytes == nil { flatten() }
    return UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// The pieces of a concatenation that was not put together.
  var unjoinedPieces: [JinjaText]? { bytes == nil && (count > 0 || trace != nil) ? pieces : nil }

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
