import Foundation

/// Files as other programs would compress them, without compressing anything.
enum TextFiles {
  /// A gzip file with the bytes stored, in two members.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let half = bytes.count / 2
    return member(Array(bytes[..<half])) + member(Array(bytes[half...]))
  }

  /// One member: header, stored blocks, CRC-32 and size (RFC 1952, RFC 1951).
  private static func member(_ bytes: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
      let end = min(start + 60_000, bytes.count)
      let size = UInt16(end - start)
      file.append(end == bytes.count ? 1 : 0)
      file += [UInt8(size & 255), UInt8(size >> 8), UInt8(~size & 255), UInt8(~size >> 8)]
      file += bytes[start..<end]
      start = end
    } while start < bytes.count
    return file + number(crc(bytes)) + number(UInt32(bytes.count))
  }

  /// A zstd frame of raw blocks without a checksum (RFC 8878).
  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    // A frame header with a window descriptor of 1 MiB.
    var file: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x50]
    var start = 0
    repeat {
      let end = min(start + 100_000, bytes.count)
      let header = UInt32((end - start) << 3 | (end == bytes.count ? 1 : 0))
      file += number(header).prefix(3)
      file += bytes[start..<end]
      start = end
    } while start < bytes.count
    return file
  }

  /// A zstd frame of a text, a run of `x`, which takes a few bytes, and another text.
  static func zstd(_ start: [UInt8], run count: Int, _ end: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x50]
    file += number(UInt32(start.count << 3)).prefix(3) + start
    var rest = count
    while rest > 0 {
      let size = min(rest, 1 << 17)
      file += number(UInt32(size << 3 | 1 << 1)).prefix(3) + [UInt8(ascii: "x")]
      rest -= size
    }
    return file + number(UInt32(end.count << 3 | 1)).prefix(3) + end
  }

  private static func number(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(value >> (8 * $0) & 255) }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
