import CDeflate
import Support
import TokenStatistics

/// Writes PNG files: a palette or RGB, filter 0, or 2 for a row equal to the one above, one IDAT chunk.
///
/// The file is a function of the pixels and the texts alone: it holds no time, host or path. Format: PNG, third
/// edition (W3C), with zlib data from libdeflate.
struct PNGEncoder: ~Copyable {
  private let compressor: DeflateCompressor
  private var compressed: [UInt8] = []

  init() throws(FileError) {
    compressor = try DeflateCompressor(level: 5)
  }

  /// The file for the samples in `indexer` with `texts` as metadata.
  mutating func encode(
    _ indexer: borrowing PixelIndexer, width: Int, height: Int, texts: [PNGText]
  ) throws(FileError) -> [UInt8] {
    let used = try compressor.compress(indexer.rows, into: &compressed)
    var file: [UInt8] = []
    file.reserveCapacity(used + 2_048)
    file += Self.signature
    let isPalette = !indexer.palette.isEmpty
    var header = Self.bigEndian(UInt32(truncatingIfNeeded: width))
    header += Self.bigEndian(UInt32(truncatingIfNeeded: height))
    header += [isPalette ? UInt8(indexer.bitsPerPixel) : 8, isPalette ? 3 : 2, 0, 0, 0]
    Self.append("IHDR", header[...], to: &file)
    for text in texts {
      Self.append(text.chunkType, text.chunkData[...], to: &file)
    }
    if isPalette {
      let entries = indexer.palette.flatMap { color in
        [16, 8, 0].map { UInt8(truncatingIfNeeded: color >> UInt32($0)) }
      }
      Self.append("PLTE", entries[...], to: &file)
    }
    Self.append("IDAT", compressed[..<used], to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Appends a chunk: length, type, data and the CRC of type and data.
  private static func append(_ type: String, _ data: ArraySlice<UInt8>, to file: inout [UInt8]) {
    file += bigEndian(UInt32(truncatingIfNeeded: data.count))
    let start = file.count
    file += type.utf8
    file += data
    file += bigEndian(DeflateCompressor.crc32(file[start...]))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }
}

/// A keyword and its text in a PNG file.
struct PNGText: Sendable, Equatable {
  /// One to 79 Latin letters, digits and single spaces.
  let keyword: String
  let text: String

  /// `tEXt` holds Latin-1 without control characters, `iTXt` everything else as UTF-8.
  var chunkType: String { isLatin ? "tEXt" : "iTXt" }

  var chunkData: [UInt8] {
    guard isLatin else {
      // Not compressed, no language, no translated keyword; a NUL would end the text.
      return Array(keyword.utf8) + [0, 0, 0, 0, 0] + text.utf8.filter { $0 != 0 }
    }
    return Array(keyword.utf8) + [0] + text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private var isLatin: Bool {
    text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) || (0xA0...0xFF).contains($0.value) }
  }
}

/// A compressor of whole buffers.
///
/// The corresponding C type is `libdeflate_compressor`.
struct DeflateCompressor: ~Copyable {
  private let handle: OpaquePointer

  /// Makes a compressor of `level` 1 (quick) to 12 (small).
  init(level: Int32) throws(FileError) {
    guard let handle = libdeflate_alloc_compressor(level) else { throw .compression }
    self.handle = handle
  }

  deinit {
    libdeflate_free_compressor(handle)
  }

  /// Compresses `bytes` in zlib format into the start of `buffer`, which grows as needed; returns the bytes used.
  func compress(_ bytes: [UInt8], into buffer: inout [UInt8]) throws(FileError) -> Int {
    let bound = libdeflate_zlib_compress_bound(handle, bytes.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    let used = buffer.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { source in
        libdeflate_zlib_compress(handle, source.baseAddress, source.count, target.baseAddress, target.count)
      }
    }
    guard used > 0 else { throw .compression }
    return used
  }

  /// The CRC-32 of PNG, zlib and gzip.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
  }
}

/// What a plot's file says about its origin: no time, host or path.
struct PlotMetadata: Sendable {
  /// What the plot shows.
  let title: String
  let texts: [PNGText]

  init(title: String, texts: [PNGText]) {
    self.title = title
    self.texts = texts.filter { !$0.text.isEmpty }
  }

  /// The metadata of one dataset's plot.
  init(_ profile: DatasetProfile) {
    let provenance = profile.provenance
    self.init(
      title: profile.dataset,
      texts: [
        PNGText(keyword: "Title", text: profile.dataset),
        PNGText(keyword: "Software", text: "tokenstats \(provenance.toolVersion)"),
        PNGText(keyword: "Tokenizer", text: provenance.tokenizer),
        PNGText(keyword: "Tokenizer revision", text: provenance.revision),
        PNGText(keyword: "Template hash", text: provenance.templateHash),
        PNGText(keyword: "Count mode", text: provenance.countMode.rawValue),
        PNGText(keyword: "Data hash", text: provenance.dataHash),
      ])
  }

  /// The metadata of a plot of several datasets.
  init(title: String, profiles: [DatasetProfile]) {
    let versions = Set(profiles.map(\.provenance.toolVersion)).sorted()
    self.init(
      title: title,
      texts: [
        PNGText(keyword: "Title", text: title),
        PNGText(keyword: "Software", text: versions.map { "tokenstats \($0)" }.joined(separator: ", ")),
      ])
  }
}
