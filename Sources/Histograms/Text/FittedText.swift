/// A text that was shrunk and cut until it fits.
struct FittedText: Sendable, Equatable {
  let text: String
  let style: TextStyle
  /// The width in pixels.
  let width: Int
}

extension FontSet {
  /// Fits `text` into `maximum` pixels: first smaller, down to `smallest`, then with `…` after two thirds.
  mutating func fitted(
    _ text: String, style: TextStyle, smallest: Int, maximum: Int
  ) throws(PlotError) -> FittedText {
    var style = style
    var width = try self.width(of: text, style: style)
    while width > maximum, style.size > smallest {
      style.size -= 1
      width = try self.width(of: text, style: style)
    }
    guard width > maximum else { return FittedText(text: text, style: style, width: width) }
    return try cut(text, style: style, maximum: maximum)
  }

  /// Keeps as many characters of `text` as fit: two thirds of them before the ellipsis, one third after it.
  private mutating func cut(_ text: String, style: TextStyle, maximum: Int) throws(PlotError) -> FittedText {
    let characters = Array(text)
    var ends = [0]
    ends.reserveCapacity(characters.count + 1)
    for character in characters {
      ends.append(try ends[ends.count - 1] + width(of: String(character), style: style))
    }
    let ellipsis = try width(of: "…", style: style)
    for kept in stride(from: characters.count - 1, to: 0, by: -1) {
      let head = (2 * kept + 2) / 3
      let tail = kept - head
      let width = ends[head] + ellipsis + ends[characters.count] - ends[characters.count - tail]
      if width <= maximum {
        let cut = String(characters.prefix(head)) + "…" + String(characters.suffix(tail))
        return FittedText(text: cut, style: style, width: width)
      }
    }
    return FittedText(text: "…", style: style, width: ellipsis)
  }
}
