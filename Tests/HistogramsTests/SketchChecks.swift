import Testing

@testable import Histograms

/// What holds for every picture whatever it shows.
enum SketchChecks {
  /// Labels lie inside the canvas and touch neither each other nor what is filled after them.
  static func check(
    _ sketch: borrowing ChartSketch, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let labels = sketch.labels
    let canvas = PixelRect(left: 0, top: 0, right: sketch.width, bottom: sketch.height)
    for (index, label) in labels.enumerated() {
      let frame = label.frame
      #expect(
        frame.left >= canvas.left && frame.top >= canvas.top && frame.right <= canvas.right
          && frame.bottom <= canvas.bottom, "\(name): \"\(label.text)\" leaves the canvas",
        sourceLocation: sourceLocation)
      for other in labels[(index + 1)...] where frame.intersects(other.frame) {
        Issue.record(
          "\(name): \"\(label.text)\" \(frame) and \"\(other.text)\" \(other.frame) overlap",
          sourceLocation: sourceLocation)
      }
    }
    var placed: [ChartLabel] = []
    for mark in sketch.marks {
      switch mark {
      case .label(let index): placed.append(labels[index])
      case .fill(let rect, _):
        #expect(
          rect.left >= 0 && rect.top >= 0 && rect.right <= sketch.width && rect.bottom <= sketch.height,
          "\(name): \(rect) leaves the canvas", sourceLocation: sourceLocation)
        for label in placed where rect.intersects(label.frame) {
          Issue.record("\(name): \(rect) covers \"\(label.text)\" \(label.frame)", sourceLocation: sourceLocation)
        }
      case .curve: break
      }
    }
  }
}
