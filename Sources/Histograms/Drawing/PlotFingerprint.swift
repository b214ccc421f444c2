import Support

/// What a picture's file shows, as a SHA-256 that the file holds: one with the same fingerprint need not be drawn again.
///
/// It covers everything that is laid out (rectangles, glyphs and curves as they lie in memory), which follows from counts,
/// scales and options, beside metadata, fonts and the size. Laying a plot out takes a fraction of the time of drawing and
/// compressing it.
struct PlotFingerprint {
  /// The version of what makes pixels of a sketch: raised when the same sketch gives other pixels than before.
  private static let drawing = 1
  /// The keyword in PNG files.
  static let keyword = "Fingerprint"

  /// What all plots of a renderer share.
  private let shared: [UInt8]
  private var buffer: [UInt8] = []

  /// Prepares fingerprints of plots in a font and at a scale.
  ///
  /// - Throws: `FileError` if a font file cannot be read.
  init(fonts: FontSource, scale: Int) throws(FileError) {
    shared = [UInt8(Self.drawing), UInt8(scale)] + (try fonts.digest()).bytes
  }

  /// The fingerprint of a plot, in hexadecimal.
  mutating func of(_ sketch: borrowing PlotSketch, _ metadata: PlotMetadata) -> String {
    buffer.removeAll(keepingCapacity: true)
    buffer += shared
    add(sketch.width)
    add(sketch.height)
    for mark in sketch.marks {
      switch mark {
      case .fill(let rect, let color):
        add(0 << 32 | Int(color.rgb))
        withUnsafeBytes(of: rect) { buffer.append(contentsOf: $0) }
      case .label(let index):
        let label = sketch.labels[index]
        add(1 << 32 | Int(label.color.rgb))
        add((label.style.isTurned ? 1 << 32 : 0) | label.style.size << 1 | (label.style.weight == .bold ? 1 : 0))
        add(label.glyphs.count)
      case .curve(let points, let color, let style):
        add(2 << 32 | Int(color.rgb))
        add(points.count)
        add(style.dashes.count)
        for number in [style.width] + style.dashes { add(Int(bitPattern: UInt(number.bitPattern))) }
        points.withUnsafeBytes { buffer.append(contentsOf: $0) }
      }
    }
    sketch.glyphs.withUnsafeBytes { buffer.append(contentsOf: $0) }
    for text in [metadata.title] + metadata.texts.flatMap({ [$0.keyword, $0.text] }) {
      add(text.utf8.count)
      buffer += text.utf8
    }
    return SHA256Digest.of(buffer.span.bytes).hex
  }

  private mutating func add(_ number: Int) {
    withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
  }
}

extension PlotFingerprint {
  /// The largest file that is looked at.
  private static let largestFile = 1 << 28

  /// The fingerprint of the plot in a file; nil where there is none, or the file is not whole as it was written.
  static func stored(at path: String, format: PlotFormat) -> String? {
    guard let status = Files.status(path), status.isRegular, status.size <= largestFile,
      let file = try? Files.read(path)
    else { return nil }
    switch format {
    case .png: return PNGEncoder.text(keyword, of: file)
    case .svg: return fingerprint(sealing: file)
    }
  }

  private static let sealStart = Array("\n<!-- fingerprint ".utf8)
  private static let sealEnd = Array(" -->\n".utf8)
  private static let sumDigits = 8
  private static let sealCount = sealStart.count + 64 + 1 + sumDigits + sealEnd.count

  /// An SVG document with a last line that holds its fingerprint and a checksum of what is before.
  static func sealed(_ document: [UInt8], with fingerprint: String) -> [UInt8] {
    document + sealStart + "\(fingerprint) \(sum(of: document[...]))".utf8 + sealEnd
  }

  private static func fingerprint(sealing file: [UInt8]) -> String? {
    let seal = file.suffix(sealCount)
    guard seal.count == sealCount, seal.starts(with: sealStart), seal.suffix(sealEnd.count).elementsEqual(sealEnd)
    else {
      return nil
    }
    let words = String(decoding: seal.dropFirst(sealStart.count).dropLast(sealEnd.count), as: UTF8.self).split(
      separator: " ")
    guard words.count == 2, words[1] == sum(of: file.dropLast(sealCount)) else { return nil }
    return String(words[0])
  }

  private static func sum(of bytes: ArraySlice<UInt8>) -> String {
    let digits = String(DeflateCompressor.crc32(bytes), radix: 16)
    return String(repeating: "0", count: sumDigits - digits.utf8.count) + digits
  }
}

extension PNGEncoder {
  /// The text under `keyword` in a file; nil if there is none, or the file is not a whole PNG with sound checksums.
  static func text(_ keyword: String, of file: [UInt8]) -> String? {
    guard file.starts(with: signature) else { return nil }
    let prefix = Array(keyword.utf8) + [0]
    var found: String?
    var place = signature.count
    while place + 12 <= file.count {
      let count = Int(number(in: file, at: place))
      let end = place + 12 + count
      guard end <= file.count, number(in: file, at: end - 4) == DeflateCompressor.crc32(file[place + 4..<end - 4])
      else {
        return nil
      }
      let type = file[place + 4..<place + 8]
      if type.elementsEqual("IEND".utf8) { return end == file.count ? found : nil }
      let data = file[place + 8..<end - 4]
      if type.elementsEqual("tEXt".utf8), data.starts(with: prefix) {
        found = String(decoding: data.dropFirst(prefix.count), as: UTF8.self)
      }
      place = end
    }
    return nil
  }

  private static func number(in file: [UInt8], at place: Int) -> UInt32 {
    file[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
