import Support

/// Sole owner of a file of text, a pipe or standard input that is read once, in order and expanded.
struct ByteStream: ~Copyable {
  private static let blockSize = 1 << 18

  /// What messages call the input.
  let name: String
  /// How the input is compressed.
  private(set) var compression: TextCompression
  private var input: InputBytes
  // What expands the input: at most one of them.
  private var gzip: GzipExpander?
  private var zstd: ZstdExpander?
  /// What was read of the input, as far as it is not read to where it is wanted.
  private var block = GrownMemory()
  /// The part of it that is not handed out.
  private var pending: Range<Int>
  private var isAtEnd = false
  /// How many bytes of the input were read, compressed as they are.
  private(set) var bytesRead = 0
  private let limits: Limits
  /// Bytes so far: compressed ones that were read, and what they expanded to.
  private var passed = (compressed: 0, expanded: 0)

  /// Opens an input and looks at its first bytes.
  ///
  /// - Parameters:
  ///   - path: a file, or `-` for standard input.
  ///   - range: the bytes of an uncompressed file that are read; nil for all.
  ///   - limits: how far it may expand.
  static func open(
    _ path: String, range: Range<Int>? = nil, limits: Limits = Limits()
  ) throws(FileError) -> ByteStream {
    let input = try InputBytes(path: path, range: range)
    var stream = ByteStream(input, limits)
    // A pipe may hand out single bytes, and a magic number has four; who wrote a line may wait for an answer.
    while stream.pending.count < 4, !stream.head.contains(0x0A), try stream.fill() {}
    if range == nil { try stream.beginExpanding() }
    return stream
  }

  private init(_ input: consuming InputBytes, _ limits: Limits) {
    name = input.name
    self.limits = limits
    self.input = input
    pending = 0..<0
    compression = .none
    gzip = nil
    zstd = nil
  }

  /// How many bytes of text are to be read, where that is known.
  var size: Int? { compression == .none ? input.size : nil }

  private var head: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: block.bytes[pending]) }

  private mutating func beginExpanding() throws(FileError) {
    compression = TextCompression(head: head)
    switch compression {
    case .none: return
    case .gzip: gzip = GzipExpander()
    case .zstd: zstd = ZstdExpander()
    }
    if gzip == nil, zstd == nil { throw FileError("read", name, reason: "there is no memory to expand it") }
  }

  /// Reads the next bytes, at least one; 0 at the end.
  mutating func read(into output: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard !output.isEmpty else { return 0 }
    while true {
      guard compression != .none else { return try readPlain(into: output) }
      if pending.isEmpty, !isAtEnd { _ = try fill() }
      let (read, written) = try expand(into: output)
      pending = (pending.lowerBound + read)..<pending.upperBound
      passed = (passed.compressed + read, passed.expanded + written)
      guard limits.allows(expanding: passed.compressed, to: passed.expanded) else {
        throw FileError(
          "read", name,
          reason: "\(passed.compressed) compressed bytes expand to more than \(limits.expansion) times as many")
      }
      if written > 0 { return written }
      guard read == 0, isAtEnd, pending.isEmpty else { continue }
      guard isComplete else { throw FileError("read", name, reason: "the compressed data is truncated") }
      return 0
    }
  }

  private mutating func readPlain(into output: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard pending.isEmpty else {
      let count = min(output.count, pending.count)
      output.copyMemory(from: UnsafeRawBufferPointer(rebasing: head[..<count]))
      pending = pending.lowerBound + count..<pending.upperBound
      return count
    }
    guard !isAtEnd else { return 0 }
    let count = try input.read(into: output)
    isAtEnd = count == 0
    bytesRead += count
    return count
  }

  /// Reads more of the input; false at its end.
  private mutating func fill() throws(FileError) -> Bool {
    if block.bytes.isEmpty {
      do throws(FileError) { try block.resize(to: Self.blockSize) } catch {
        throw FileError("read", name, reason: error.reason)
      }
    }
    block.moveToFront(pending)
    let kept = pending.count
    let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[kept...]))
    pending = 0..<kept + count
    isAtEnd = count == 0
    bytesRead += count
    return count > 0
  }

  private mutating func expand(
    into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> (read: Int, written: Int) {
    let source = head
    do throws(FileError) {
      if let done = try gzip?.expand(source, into: output) { return done }
      if let done = try zstd?.expand(source, into: output) { return done }
    } catch { throw FileError("read", name, reason: error.reason) }
    return (0, 0)
  }

  /// Whether the compressed data may end here.
  private var isComplete: Bool {
    switch gzip {
    case .some(let gzip): if !gzip.isComplete { return false }
    case nil: break
    }
    switch zstd {
    case .some(let zstd): return zstd.isComplete
    case nil: return true
    }
  }
}
