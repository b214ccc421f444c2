/// How an image is turned before it is shown, as `PIL.ImageOps.exif_transpose` reads it.
struct ImageOrientation {
  private static let tag = 0x0112
  /// The orientations that change sides.
  private static let turns = 5...8

  private var exif: Int?
  private var xmp: Int?
  private var hasHidden = false

  /// Whether width and height change places.
  var isTurned: Bool { (exif ?? xmp).map(Self.turns.contains) ?? false }

  /// Whether a part that was not read may say it.
  var isHidden: Bool { hasHidden && exif == nil }

  /// Notes that there is a part that is not read.
  mutating func hide() { hasHidden = true }

  /// Reads Exif data; of several, the first that say something count.
  ///
  /// Source: TIFF 6.0, section 2.
  mutating func take(exif bytes: [UInt8]) {
    guard exif == nil else { return }
    var bytes = bytes[...]
    while bytes.starts(with: "Exif\0\0".utf8) { bytes = bytes.dropFirst(6) }
    let data = Array(bytes)
    let isLittle = data.starts(with: "II".utf8)
    guard isLittle || data.starts(with: "MM".utf8) else { return }
    func number(at offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset <= data.count - count else { return nil }
      let part = data[offset..<offset + count]
      return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let start = number(at: 4, bytes: 4), let entries = number(at: start, bytes: 2) else { return }
    for entry in 0..<entries {
      let offset = start + 2 + 12 * entry
      guard let tag = number(at: offset, bytes: 2), let type = number(at: offset + 2, bytes: 2),
        let values = number(at: offset + 4, bytes: 4)
      else { return }
      guard tag == Self.tag, values == 1 else { continue }
      switch type {
      // Whole numbers of two and of four bytes.
      case 3, 8: exif = number(at: offset + 8, bytes: 2)
      case 4, 9: exif = number(at: offset + 8, bytes: 4)
      default: break
      }
    }
  }

  /// Reads XMP, where the first mention counts: `tiff:Orientation="6"` or `<tiff:Orientation>6<`.
  mutating func take(xmp bytes: [UInt8]) {
    let name = Array("tiff:Orientation".utf8)
    guard bytes.count > name.count else { return }
    for start in 0..<bytes.count - name.count where bytes[start] == name[0] {
      guard bytes[start..<start + name.count].elementsEqual(name) else { continue }
      let rest = bytes[(start + name.count)...]
      let value =
        rest.starts(with: "=\"".utf8) ? rest.dropFirst(2) : rest.starts(with: ">".utf8) ? rest.dropFirst() : []
      if let digit = value.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
        xmp = Int(digit - UInt8(ascii: "0"))
        return
      }
    }
  }
}
