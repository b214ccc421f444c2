import Analysis
import Support
import Histograms
import Synchronization
import TokenStatistics

/// Draws many pictures on several threads.
///
/// All pictures share their scales, so they are drawn when everything is counted.
struct PlotWriter: Sendable {
  /// The folder of the pictures.
  var folder: String
  /// What datasets' pictures show.
  var style = PlotStyle.standard
  /// The file format.
  let format: PlotFormat
  /// The fonts.
  let fonts: FontFiles
  /// Threads that draw at once.
  let jobs: Int
  /// Where the threads note their times; `nil` where nobody asks.
  var clock: PlotClock?

  /// Why pictures are missing, by name; a dataset's picture has the name of the dataset.
  typealias Failures = [TextKey: String]

  /// Makes the folder of the pictures where it is missing.
  func prepare() throws(CommandFailure) {
    do {
      try Files.makeDirectories(folder)
    } catch {
      throw CommandFailure(error.description)
    }
  }

  /// The path of a picture, such as a dataset's.
  func path(of name: String) -> String { Files.join(folder, "\(name).\(format.rawValue)") }

  /// Draws a picture for each profile and returns why some could not be drawn or written.
  func draw(_ profiles: [DatasetProfile], scales: PlotScales) -> Failures {
    draw(
      profiles.map { profile in
        PlotTask(profile.dataset) { [style] (renderer, format) throws(PlotError) in
          try renderer.render(profile, scales: scales, style: style, format: format)
        }
      })
  }

  /// Draws pictures and returns why some could not be drawn or written.
  func draw(_ tasks: [PlotTask]) -> Failures {
    let state = State()
    Workers.run(count: min(jobs, max(1, tasks.count))) { _ in
      do throws(PlotError) {
        var times = clock.map { _ in PlotTimes() }
        defer { if let times { clock?.note(times) } }
        var renderer = try PlotRenderer(fonts: fonts)
        while let task = state.next(of: tasks) {
          do throws(PlotFailure) {
            try draw(task, with: &renderer, times: &times)
          } catch {
            state.fail(task.name, error.message)
          }
        }
      } catch {
        // Without a renderer this thread does nothing; if none has one, the pictures that are left say so below.
        state.noRenderer(error.description)
      }
    }
    return state.failures(of: tasks)
  }

  private func draw(
    _ task: PlotTask, with renderer: inout PlotRenderer, times: inout PlotTimes?
  ) throws(PlotFailure) {
    let pages: [[UInt8]]
    do {
      pages = try task.draw(&renderer, format)
    } catch {
      throw PlotFailure(message: error.description)
    }
    times?.endDrawing()
    defer { times?.endWriting() }
    for (stem, page) in zip(task.stems, pages) {
      do {
        // A picture can be drawn again; waiting for the disk may take as long as drawing it.
        try AtomicFile.write(
          page, to: FileName(stem, suffix: ".\(format.rawValue)").path(in: folder), isDurable: false)
      } catch {
        throw PlotFailure(message: error.description)
      }
    }
  }

  private struct PlotFailure: Error {
    let message: String
  }

  /// What the threads share.
  private final class State: Sendable {
    private let taken = Atomic<Int>(0)
    private let failures = Mutex<Failures>([:])
    private let rendererFailure = Mutex<String?>(nil)

    func next(of tasks: [PlotTask]) -> PlotTask? {
      let index = taken.add(1, ordering: .relaxed).oldValue
      return index < tasks.count ? tasks[index] : nil
    }

    func fail(_ name: String, _ message: String) {
      failures.withLock { $0[name] = message }
    }

    func noRenderer(_ message: String) {
      rendererFailure.withLock { $0 = message }
    }

    func failures(of tasks: [PlotTask]) -> Failures {
      var all = failures.withLock { $0 }
      guard let reason = rendererFailure.withLock({ $0 }) else { return all }
      for task in tasks.dropFirst(taken.load(ordering: .relaxed)) { all[task.name] = reason }
      return all
    }
  }
}
