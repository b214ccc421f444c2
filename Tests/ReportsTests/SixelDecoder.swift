/// Reads sixel graphics as the VT340 manual describes them (Digital EK-VT3XX-TP, chapter 14).
struct SixelDecoder {
  /// Why a sequence is not read.
  struct Fault: Error {
    let reason: String
    let offset: Int
  }

  private(set) var width = 0
  private(set) var height = 0
  /// The pixels row by row; nil where nothing was drawn.
  private(set) var pixels: [SIMD3<UInt8>?] = []

  private let bytes: [UInt8]
  private var offset = 0
  private var palette: [Int: SIMD3<UInt8>] = [:]
  private var color = 0
  private var column = 0
  private var band = 0

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    try read()
  }

  private mutating func read() throws {
    guard bytes.starts(with: [0x1B, 0x50]) else { throw Fault(reason: "no DCS", offset: 0) }
    offset = 2
    _ = numbers()
    guard next() == UInt8(ascii: "q") else { throw Fault(reason: "no sixels", offset: offset) }
    guard next() == UInt8(ascii: "\"") else { throw Fault(reason: "no raster attributes", offset: offset) }
    let raster = numbers()
    guard raster.count == 4, raster[0] == raster[1], raster[2] > 0, raster[3] > 0 else {
      throw Fault(reason: "raster attributes \(raster)", offset: offset)
    }
    width = raster[2]
    height = raster[3]
    pixels = Array(repeating: nil, count: width * height)
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "#"): try chooseColor()
      case UInt8(ascii: "!"):
        let count = numbers()
        guard count.count == 1, let sixel = next() else { throw Fault(reason: "no repeated sixel", offset: offset) }
        try draw(sixel, count[0])
      case UInt8(ascii: "$"): column = 0
      case UInt8(ascii: "-"):
        column = 0
        band += 1
      case 0x1B:
        guard next() == UInt8(ascii: "\\"), offset == bytes.count else {
          throw Fault(reason: "no ST at the end", offset: offset)
        }
        return
      default: try draw(byte, 1)
      }
    }
    throw Fault(reason: "no ST", offset: offset)
  }

  private mutating func next() -> UInt8? {
    guard offset < bytes.count else { return nil }
    offset += 1
    return bytes[offset - 1]
  }

  /// Numbers with semicolons between them.
  private mutating func numbers() -> [Int] {
    var numbers = [0]
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        numbers[numbers.count - 1] = 10 * numbers[numbers.count - 1] + Int(bytes[offset] - 48)
      case UInt8(ascii: ";"): numbers.append(0)
      default: return numbers
      }
      offset += 1
    }
    return numbers
  }

  private mutating func chooseColor() throws {
    let values = numbers()
    color = values[0]
    guard values.count > 1 else {
      guard palette[color] != nil else { throw Fault(reason: "color \(color) is not defined", offset: offset) }
      return
    }
    guard values.count == 5, values[1] == 2, values[2...].allSatisfy({ $0 <= 100 }), color < 256 else {
      throw Fault(reason: "color \(values)", offset: offset)
    }
    palette[color] = SIMD3(
      UInt8((values[2] * 255 + 50) / 100), UInt8((values[3] * 255 + 50) / 100), UInt8((values[4] * 255 + 50) / 100))
  }

  private mutating func draw(_ sixel: UInt8, _ count: Int) throws {
    guard 63...126 ~= sixel, column + count <= width else { throw Fault(reason: "sixel \(sixel)", offset: offset) }
    for bit in 0..<6 where (sixel - 63) >> UInt8(bit) & 1 == 1 {
      let row = 6 * band + bit
      guard row < height else { throw Fault(reason: "a pixel in row \(row) of \(height)", offset: offset) }
      for x in column..<column + count { pixels[row * width + x] = palette[color] }
    }
    column += count
  }
}
