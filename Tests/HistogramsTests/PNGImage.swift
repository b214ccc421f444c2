import CDeflate
import Testing

/// A PNG file taken apart by the letter of the specification, for the kinds of file this module writes.
struct PNGImage {
  struct Damage: Error, CustomStringConvertible {
    let description: String
  }

  var width = 0
  var height = 0
  var bitDepth = 0
  var colorType = 0
  /// `0xRRGGBB` for every pixel, row by row.
  var pixels: [UInt32] = []
  var palette: [UInt32] = []
  /// Chunk types in file order.
  var chunks: [String] = []
  /// The texts of tEXt and iTXt chunks by keyword.
  var texts: [String: String] = [:]

  init(_ file: [UInt8]) throws {
    guard file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
      throw Damage(description: "no PNG signature")
    }
    var data: [UInt8] = []
    var offset = 8
    while offset < file.count {
      let length = Self.integer(file[offset..<offset + 4])
      let type = String(decoding: file[offset + 4..<offset + 8], as: UTF8.self)
      let body = file[offset + 8..<offset + 8 + length]
      let sum = Self.integer(file[offset + 8 + length..<offset + 12 + length])
      guard Self.crc(file[offset + 4..<offset + 8 + length]) == sum else {
        throw Damage(description: "wrong CRC of \(type)")
      }
      chunks.append(type)
      switch type {
      case "IHDR":
        width = Self.integer(body.prefix(4))
        height = Self.integer(body.dropFirst(4).prefix(4))
        let rest = Array(body.dropFirst(8))
        (bitDepth, colorType) = (Int(rest[0]), Int(rest[1]))
      case "PLTE":
        let entries = Array(body)
        palette = stride(from: 0, to: entries.count, by: 3).map { UInt32(Self.integer(entries[$0..<$0 + 3])) }
      case "IDAT": data += body
      case "tEXt":
        let parts = body.split(separator: 0, maxSplits: 1)
        texts[String(decoding: parts[0], as: UTF8.self)] = String(
          String.UnicodeScalarView(parts[1].map { Unicode.Scalar($0) }))
      case "iTXt":
        let keyword = body.prefix { $0 != 0 }
        texts[String(decoding: keyword, as: UTF8.self)] = String(
          decoding: body.dropFirst(keyword.count + 5), as: UTF8.self)
      default: break
      }
      offset += 12 + length
    }
    try unpack(data)
  }

  private mutating func unpack(_ data: [UInt8]) throws {
    let bits = colorType == 3 ? bitDepth : 24
    let rowBytes = 1 + (width * bits + 7) / 8
    var rows = [UInt8](repeating: 0, count: rowBytes * height)
    var actual = 0
    let inflater = try #require(libdeflate_alloc_decompressor())
    defer { libdeflate_free_decompressor(inflater) }
    let result = libdeflate_zlib_decompress(inflater, data, data.count, &rows, rows.count, &actual)
    guard result == LIBDEFLATE_SUCCESS, actual == rows.count else {
      throw Damage(description: "the samples do not fill the picture")
    }
    pixels.reserveCapacity(width * height)
    for row in 0..<height {
      let filter = rows[row * rowBytes]
      guard filter == 0 || filter == 2 && row > 0 else { throw Damage(description: "row \(row) has filter \(filter)") }
      let start = row * rowBytes + 1
      if filter == 2 { for index in start..<start + rowBytes - 1 { rows[index] &+= rows[index - rowBytes] } }
      for x in 0..<width {
        switch bits {
        case 4: pixels.append(palette[Int(x & 1 == 0 ? rows[start + x / 2] >> 4 : rows[start + x / 2] & 15)])
        case 8: pixels.append(palette[Int(rows[start + x])])
        default: pixels.append(UInt32(Self.integer(rows[start + 3 * x..<start + 3 * x + 3])))
        }
      }
    }
  }

  subscript(x: Int, y: Int) -> UInt32 { pixels[y * width + x] }

  /// How many pixels differ from those of `other` by more than `tolerance` in a channel.
  func differences(from other: PNGImage, tolerance: Int) -> Int {
    guard width == other.width, height == other.height else { return max(pixels.count, other.pixels.count) }
    var count = 0
    for (left, right) in zip(pixels, other.pixels) where left != right {
      let distances = [16, 8, 0].map { (shift: UInt32) -> Int in
        abs(Int(left >> shift & 0xFF) - Int(right >> shift & 0xFF))
      }
      if distances.contains(where: { $0 > tolerance }) { count += 1 }
    }
    return count
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  /// CRC-32 bit by bit, as annex D of the specification defines it.
  private static func crc(_ bytes: ArraySlice<UInt8>) -> Int {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return Int(~crc)
  }
}
