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

  /// Labels that leave the canvas, or touch each other or what is filled after them; rectangles that leave the canvas.
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
    for mark in sketch.marks {
      switch mark {
      case .label(let index): placed.append(labels[index])
      case .fill(let rect, _):
        if !canvas.holds(rect) { faults.append("\(rect) leaves the canvas") }
        for label in placed where rect.intersects(label.frame) {
          faults.append("\(rect) covers \"\(label.text)\" \(label.frame)")
        }
      case .curve: break
      }
    }
    return faults
  }
}

extension PixelRect {
  fileprivate func holds(_ other: PixelRect) -> Bool {
    left <= other.left && top <= other.top && other.right <= right && other.bottom <= bottom
  }
}
