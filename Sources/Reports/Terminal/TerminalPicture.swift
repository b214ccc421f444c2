/// A PNG as the escape sequences that make a terminal show it.
public struct TerminalImage: Sendable {
  /// How a terminal takes pictures.
  public enum Format: String, Sendable, CaseIterable {
    /// The graphics protocol of kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol/
    case kitty
    /// Inline images of iTerm2: https://iterm2.com/documentation-images.html
    case iterm2
    /// Sixel graphics of the DEC VT340 and its successors.
    case sixel
  }

  private let png: [UInt8]

  /// Makes a picture of a PNG file's bytes.
  public init(png: [UInt8]) { self.png = png }

  /// Whether the bytes begin as those of a PNG do.
  public var isPNG: Bool { png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }

  /// The bytes to write to the terminal.
  ///
  /// - Parameters:
  ///   - format: How the terminal takes pictures.
  ///   - columns: The columns that the picture may fill.
  ///   - pixels: The pixels these columns are wide; nil where the terminal does not tell. Only sixels depend on it.
  /// - Throws: ``ReportError/picture(reason:)`` where sixels are wanted and the bytes are no PNG.
  public func encoded(as format: Format, columns: Int, pixels: Int?) throws(ReportError) -> [UInt8] {
    switch format {
    case .kitty: kitty(columns: columns)
    case .iterm2: inline(columns: columns)
    case .sixel: try SixelImage(png: png, widest: pixels).encoded
    }
  }

  private func inline(columns: Int) -> [UInt8] {
    let arguments = "inline=1;size=\(png.count);width=\(max(1, columns));preserveAspectRatio=1"
    return Array("\u{1B}]1337;File=\(arguments):\(Base64.encode(png))\u{7}".utf8)
  }

  /// The protocol takes base64 in pieces of at most 4,096 bytes; `q=2` keeps the terminal from answering.
  private func kitty(columns: Int) -> [UInt8] {
    let text = Array(Base64.encode(png).utf8)
    let size = 4_096
    var output: [UInt8] = []
    for start in stride(from: 0, to: max(text.count, 1), by: size) {
      let piece = text[start..<min(start + size, text.count)]
      let more = piece.endIndex < text.count ? 1 : 0
      let control = start == 0 ? "a=T,f=100,q=2,c=\(max(1, columns)),m=\(more)" : "m=\(more)"
      output += Array("\u{1B}_G\(control);".utf8) + piece + Array("\u{1B}\\".utf8)
    }
    return output
  }
}
