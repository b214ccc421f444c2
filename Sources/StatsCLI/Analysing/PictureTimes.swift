import Support
import Analysis
import Support

/// Where the time of one thread that draws went, in seconds.
struct PlotTimes: Sendable {
  /// Drawing and encoding.
  private(set) var drawing = 0.0
  /// Writing files.
  private(set) var writing = 0.0
  /// From the thread's start to its end.
  private(set) var elapsed = 0.0
  /// The time it was running on a processor.
  private(set) var processor = 0.0
  /// The number of pictures.
  private(set) var pictures = 0
  /// From its end until the last thread's.
  var waiting = 0.0

  private let clock = ThreadClock()
  private var last = 0.0

  /// Notes that a picture is drawn.
  mutating func endDrawing() {
    let now = clock.elapsed
    drawing += now - last
    last = now
    pictures += 1
  }

  /// Notes that it is written, or that this failed.
  mutating func endWriting() {
    let now = clock.elapsed
    writing += now - last
    last = now
  }

  /// Notes that the thread is done.
  mutating func end() {
    elapsed = clock.elapsed
    processor = clock.processor
  }
}
