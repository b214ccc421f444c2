import CDeflate

/// Writes PNG files: a palette or RGB, filter 0, one IDAT chunk.
///
/// The file is a function of the pixels and the texts alone: it holds no time, host or path. Format: PNG, third
/// edition (W3C), with zlib data from libdeflate.
struct PNGEncoder: ~Copyable {
  private let compressor: DeflateCompressor
  private var compressed: [UInt8] = []

  init() throws(PlotError) {
    compressor = try DeflateCompressor(level: 6)
  }

  /// The file for the samples in `indexer` with `texts` as metadata.
  mutating func encode(
    _ indexer: borrowing PixelIndexer, width: Int, height: Int, texts: [PNGText]
  ) throws(PlotError) -> [UInt8] {
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

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

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
