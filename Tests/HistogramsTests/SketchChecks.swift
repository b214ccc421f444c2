import Testing

@testable import Histograms

/// What holds for every plot whatever it shows.
enum SketchChecks {
  /// Expects a sketch without faults.
  static func check(
    _ sketch: borrowing PlotSketch, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let faults = faults(of: sketch)
    #expect(faults.isEmpty, "\(name)", sourceLocation: sourceLocation)
  }

  /// Labels that leave the canvas, touch each other or what is filled after them, or are hard to read on what is behind
  /// them; rectangles that leave the canvas.
  static func faults(of sketch: borrowing PlotSketch) -> [String] {
    let labels = sketch.labels
    let canvas = PixelRect(left: 0, top: 0, right: sketch.width, bottom: sketch.height)
    var faults: [String] = []
    for (index, label) in labels.enumerated() {
      if !canvas.holds(label.frame) { faults.append("\"\(label.text)\" leaves the canvas") }
      for other in labels[(index + 1)...] where label.frame.intersects(other.frame) {
        faults.append("\"\(label.text)\" \(label.frame) and \"\(other.text)\" \(other.frame) overlap")
      }
    }
    var placed: [PlotLabel] = []
    var fills: [(rect: PixelRect, color: PlotColor)] = []
    for mark in sketch.marks {
      switch mark {
      case .label(let index):
        let label = labels[index]
        placed.append(label)
        for color in backgrounds(of: label, fills) where label.color.contrast(with: color) < PlotColor.leastContrast {
          faults.append("\"\(label.text)\" has a contrast of \(label.color.contrast(with: color))")
        }
      case .fill(let rect, let color):
        fills.append((rect, color))
        if !canvas.holds(rect) { faults.append("\(rect) leaves the canvas") }
        for label in placed where rect.intersects(label.frame) {
          faults.append("\(rect) covers \"\(label.text)\" \(label.frame)")
        }
      case .curve: break
      }
    }
    return faults
  }

  /// The colors behind a label at some of its pixels; lines may cross behind a text.
  private static func backgrounds(
    of label: PlotLabel, _ fills: [(rect: PixelRect, color: PlotColor)]
  ) -> Set<PlotColor> {
    let frame = label.frame
    let near = fills.filter { $0.rect.intersects(frame) && min($0.rect.width, $0.rect.height) > thickestLine }
    guard !near.isEmpty else { return [.white] }
    var colors: Set<PlotColor> = []
    let isTurned = label.style.isTurned
    let (first, end) = isTurned ? (frame.top, frame.bottom) : (frame.left, frame.right)
    let across =
      isTurned ? [frame.left + 2, label.x - 3, label.x - 1] : [frame.top + 2, label.baseline - 3, label.baseline - 1]
    for along in stride(from: first, to: end, by: 3) {
      for place in across {
        let pixel = PixelRect(x: isTurned ? place : along, y: isTurned ? along : place, width: 1, height: 1)
        colors.insert(near.last { $0.rect.holds(pixel) }?.color ?? .white)
      }
    }
    return colors
  }

  private static let thickestLine = 2
}
