import CZlib
import CZstd
import Support

/// How a file of text is compressed.
enum TextCompression: Sendable, Hashable {
  case none
  case gzip
  case zstd

  /// Tells the compression from a file's first bytes.
  init(head: some Collection<UInt8>) {
    let head = Array(head.prefix(4))
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head == [0x28, 0xB5, 0x2F, 0xFD] {
      self = .zstd
    } else if head.count == 4, head[0] & 0xF0 == 0x50, head[1...] == [0x2A, 0x4D, 0x18] {
      // A frame that is skipped may come first: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2.
      self = .zstd
    } else {
      self = .none
    }
  }

  /// The endings of names that say so.
  static let endings = [".gz", ".zst", ".zstd"]
}

/// Sole owner of the state of zlib while a gzip file is expanded, member by member.
struct GzipExpander: ~Copyable {
  /// Window size 2^15 and a gzip header, as `inflateInit2` documents it.
  private static let windowBits: Int32 = 15 + 16

  private let stream: UnsafeMutablePointer<z_stream>
  private var isBetweenMembers = true

  /// Fails if there is no memory.
  init?() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether the input may end here.
  var isComplete: Bool { isBetweenMembers }

  /// Expands what fits; returns the bytes that were read and written.
  ///
  /// - Throws: `FileError` without a path if the data is damaged.
  mutating func expand(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> (read: Int, written: Int) {
    let (inputSize, outputSize) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
    // zlib only reads what next_in points to; its type lacks the const.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(inputSize)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(outputSize)
    if inputSize > 0 { isBetweenMembers = false }
    let status = inflate(stream, Z_NO_FLUSH)
    let done = (read: inputSize - Int(stream.pointee.avail_in), written: outputSize - Int(stream.pointee.avail_out))
    switch status {
    case Z_OK, Z_BUF_ERROR: return done
    case Z_STREAM_END where inflateReset(stream) == Z_OK:
      isBetweenMembers = true
      return done
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "it is damaged"
      throw FileError("read", "", reason: "data compressed with gzip: \(reason)")
    }
  }
}

/// Sole owner of the state of libzstd while a file is expanded, frame by frame.
struct ZstdExpander: ~Copyable {
  private let stream: OpaquePointer
  private var isBetweenFrames = true

  /// Fails if there is no memory.
  init?() {
    guard let stream = ZSTD_createDStream() else { return nil }
    self.stream = stream
  }

  deinit { ZSTD_freeDStream(stream) }

  /// Whether the input may end here.
  var isComplete: Bool { isBetweenFrames }

  /// Expands what fits; returns the bytes that were read and written.
  ///
  /// - Throws: `FileError` without a path if the data is damaged.
  mutating func expand(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> (read: Int, written: Int) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &target, &source)
    guard ZSTD_isError(status) == 0 else {
      throw FileError("read", "", reason: "data compressed with zstd: \(String(cString: ZSTD_getErrorName(status)))")
    }
    if source.pos > 0 || target.pos > 0 { isBetweenFrames = status == 0 }
    return (source.pos, target.pos)
  }
}
