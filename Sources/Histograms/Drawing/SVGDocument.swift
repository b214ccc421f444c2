import CCairo
import Support

/// Draws sketches as SVG text.
enum SVGDocument {
  /// What Cairo wrote so far.
  private final class Sink {
    var bytes: [UInt8] = []
  }

  /// Draws `sketch` with the same code as an image and names the document `title`.
  static func draw(_ sketch: inout PlotSketch, title: String, scale: Int) throws(FileError) -> [UInt8] {
    let sink = Sink()
    let pointer = Unmanaged.passUnretained(sink).toOpaque()
    var surface = try DrawingSurface(
      svgInto: pointer,
      write: { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().bytes
          .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
      }, width: sketch.width, height: sketch.height, scale: scale)
    try surface.draw(&sketch)
    try surface.finish()
    return withExtendedLifetime(sink) {
      titled(renumbered(sink.bytes), title: title)
    }
  }

  /// Cairo numbers surfaces through the life of a process (`surface12`); counting from 1 in every document makes the
  /// same plot the same text.
  static func renumbered(_ document: [UInt8]) -> [UInt8] {
    let word = Array("surface".utf8)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    var numbers: [[UInt8]: Int] = [:]
    var result: [UInt8] = []
    result.reserveCapacity(document.count)
    var index = 0
    while index < document.count {
      guard document[index...].starts(with: word) else {
        result.append(document[index])
        index += 1
        continue
      }
      result += word
      index += word.count
      let number = Array(document[index...].prefix { digits.contains($0) })
      guard !number.isEmpty else { continue }
      let next = numbers.count + 1
      result += String(numbers[number, default: next]).utf8
      numbers[number] = numbers[number, default: next]
      index += number.count
    }
    return result
  }

  /// Puts a title element first in the root element.
  private static func titled(_ document: [UInt8], title: String) -> [UInt8] {
    let open = Array("<svg ".utf8)
    guard let root = document.indices.first(where: { document[$0...].starts(with: open) }),
      let end = document[root...].firstIndex(of: UInt8(ascii: ">"))
    else { return document }
    let element = "\n<title>\(escaped(title))</title>"
    return Array(document[...end]) + element.utf8 + document[(end + 1)...]
  }

  /// `text` for XML; characters that XML cannot hold become escapes as in the plots.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
