/// A rectangle on whole pixels; `right` and `bottom` lie outside it.
struct PixelRect: Sendable, Hashable {
  var left: Int
  var top: Int
  var right: Int
  var bottom: Int

  init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  init(x: Int, y: Int, width: Int, height: Int) {
    self.init(left: x, top: y, right: x + width, bottom: y + height)
  }

  var width: Int { right - left }
  var height: Int { bottom - top }
  var isEmpty: Bool { right <= left || bottom <= top }

  /// Whether both rectangles share a pixel.
  func intersects(_ other: PixelRect) -> Bool {
    max(left, other.left) < min(right, other.right) && max(top, other.top) < min(bottom, other.bottom)
  }

  /// The rectangle without `margin` pixels on every side.
  func inset(by margin: Int) -> PixelRect {
    PixelRect(left: left + margin, top: top + margin, right: right - margin, bottom: bottom - margin)
  }
}
