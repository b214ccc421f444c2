import ChatTemplates

/// The sizes of images as Pillow opens them, from the headers of their files.
///
/// Headers are input of strangers: nothing in them is believed without a look at how many bytes there are, and only so
/// many of their parts are looked at.
struct ImageHeader {
  /// The most parts of a file that are looked at.
  private static let mostParts = 1 << 14

  private let bytes: ImageBytes
  private var orientation = ImageOrientation()

  private init(_ bytes: ImageBytes) { self.bytes = bytes }

  /// The size of an image as it is shown.
  static func size(of bytes: ImageBytes) -> Result<ImageSize, MediaFault> {
    var header = ImageHeader(bytes)
    let size =
      switch bytes.bytes(at: 0, count: 12) {
      case let start? where start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]): header.png()
      case let start? where start.starts(with: [0xFF, 0xD8, 0xFF]): header.jpeg()
      case let start? where start.starts(with: "RIFF".utf8) && start[8...].elementsEqual("WEBP".utf8): header.webP()
      default: nil as ImageSize?
      }
    guard let size else { return .failure(.unknownFormat) }
    if header.orientation.isHidden { return .failure(.hiddenRotation) }
    return .success(header.orientation.isTurned ? size.turned : size)
  }

  // MARK: PNG

  /// Source: PNG, third edition, 5.3 and 11.2.
  private mutating func png() -> ImageSize? {
    var size: ImageSize?
    var offset = 8
    for part in 0..<Self.mostParts {
      guard let head = bytes.bytes(at: offset, count: 8) else { break }
      let length = Self.big(head[0..<4])
      let type = String(decoding: head[4...], as: UTF8.self)
      if part == 0 {
        guard type == "IHDR", length >= 8, let sides = bytes.bytes(at: offset + 8, count: 8) else { return nil }
        size = ImageSize(width: Self.big(sides[0..<4]), height: Self.big(sides[4...]))
        if size == nil { return nil }
      }
      switch type {
      case "IEND": return size
      case "eXIf": if let text = bytes.bytes(at: offset + 8, count: length) { orientation.take(exif: text) }
      case "tEXt", "zTXt", "iTXt":
        let start = bytes.bytes(at: offset + 8, count: min(length, 32)) ?? []
        let isXMP = start.starts(with: "XML:com.adobe.xmp\0".utf8)
        // Behind the name are a flag, a method, and two texts that end with a zero.
        if isXMP, type == "iTXt", start.count > 18, start[18] == 0 {
          if let text = bytes.bytes(at: offset + 8, count: length) { orientation.take(xmp: text) }
        } else if isXMP || start.starts(with: "Raw profile type exif\0".utf8) {
          orientation.hide()
        }
      default: break
      }
      offset += 12 + length
    }
    return size
  }

  // MARK: JPEG

  /// Source: ITU-T T.81, B.1 and B.2; a file may be cut after the beginning of its first scan.
  private mutating func jpeg() -> ImageSize? {
    var size: ImageSize?
    var offset = 2
    for _ in 0..<Self.mostParts {
      guard let head = bytes.bytes(at: offset, count: 2), head[0] == 0xFF else { return size }
      let marker = head[1]
      switch marker {
      case 0xFF:
        offset += 1
        continue
      case 0x01, 0xD0...0xD8:
        offset += 2
        continue
      case 0xD9, 0xDA: return size
      default: break
      }
      guard let length = bytes.bytes(at: offset + 2, count: 2).map({ Self.big($0[...]) }), length >= 2 else {
        return size
      }
      switch marker {
      case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
        guard length >= 8, let sides = bytes.bytes(at: offset + 5, count: 4) else { return nil }
        size = ImageSize(width: Self.big(sides[2...]), height: Self.big(sides[..<2]))
        if size == nil { return nil }
      case 0xE1:
        guard let text = bytes.bytes(at: offset + 4, count: length - 2) else { return size }
        if text.starts(with: "Exif\0\0".utf8) {
          orientation.take(exif: Array(text.dropFirst(6)))
        } else if text.starts(with: "http://ns.adobe.com/xap/1.0/\0".utf8) {
          orientation.take(xmp: text)
        }
      default: break
      }
      offset += 2 + length
    }
    return size
  }

  // MARK: WebP

  /// Source: WebP Container Specification; RFC 6386, 9.1, for the lossy form.
  private mutating func webP() -> ImageSize? {
    guard let head = bytes.bytes(at: 12, count: 8), let start = bytes.bytes(at: 20, count: 10) else { return nil }
    switch String(decoding: head[..<4], as: UTF8.self) {
    case "VP8 ":
      guard start[0] & 1 == 0, start[3...5].elementsEqual([0x9D, 0x01, 0x2A]) else { return nil }
      return ImageSize(width: Self.little(start[6...7]) & 0x3FFF, height: Self.little(start[8...9]) & 0x3FFF)
    case "VP8L":
      guard start[0] == 0x2F else { return nil }
      let bits = Self.little(start[1...4])
      return ImageSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    case "VP8X":
      let size = ImageSize(width: Self.little(start[4...6]) + 1, height: Self.little(start[7...9]) + 1)
      // Whether there are Exif data or XMP.
      if start[0] & 0x0C != 0 { findOrientation(from: 12) }
      return size
    default: return nil
    }
  }

  /// Looks for the parts of a WebP file that say how the image is turned; they are behind the image.
  private mutating func findOrientation(from start: Int) {
    var offset = start
    for _ in 0..<Self.mostParts {
      guard let head = bytes.bytes(at: offset, count: 8) else { return }
      let length = Self.little(head[4...])
      let type = String(decoding: head[..<4], as: UTF8.self)
      if type == "EXIF" || type == "XMP ", let text = bytes.bytes(at: offset + 8, count: length) {
        if type == "EXIF" { orientation.take(exif: text) } else { orientation.take(xmp: text) }
      }
      offset += 8 + length + length % 2
    }
  }

  // MARK: Numbers

  private static func big(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  private static func little(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
}
