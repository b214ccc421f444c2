import Analysis
import FileStore
import Histograms
import Synchronization
import TokenStatistics

/// Draws the pictures of many datasets on several threads.
///
/// All pictures share their scales, so they are drawn when everything is counted.
struct PictureWriter: Sendable {
  /// The folder of the pictures.
  let folder: String
  /// What the pictures show.
  let style: ChartStyle
  /// The file format.
  let format: ChartFormat
  /// The fonts.
  let fonts: FontFiles
  /// Threads that draw at once.
  let jobs: Int
  /// Where the threads note their times; `nil` where nobody asks.
  var clock: PictureClock?

  /// Why pictures are missing, by dataset.
  typealias Failures = [String: String]

  /// Makes the folder of the pictures where it is missing.
  func prepare() throws(CommandFailure) {
    do {
      try Files.makeDirectories(folder)
    } catch {
      throw CommandFailure(error.description)
    }
  }

  /// The path of a dataset's picture.
  func path(of dataset: String) -> String { Files.join(folder, "\(dataset).\(format.rawValue)") }

  /// Draws a picture for each profile and returns why some could not be drawn or written.
  func draw(_ profiles: [DatasetProfile], scales: ChartScales) -> Failures {
    let state = State()
    Threads.run(min(jobs, max(1, profiles.count))) { _ in
      do throws(ChartError) {
        var times = clock.map { _ in PictureTimes() }
        defer { if let times { clock?.note(times) } }
        var renderer = try ChartRenderer(fonts: fonts)
        while let profile = state.next(of: profiles) {
          do throws(PictureError) {
            try draw(profile, scales: scales, with: &renderer, times: &times)
          } catch {
            state.fail(profile.dataset, error.message)
          }
        }
      } catch {
        // Without a renderer this thread does nothing; if none has one, the pictures that are left say so below.
        state.noRenderer(error.description)
      }
    }
    return state.failures(of: profiles)
  }

  private func draw(
    _ profile: DatasetProfile, scales: ChartScales, with renderer: inout ChartRenderer, times: inout PictureTimes?
  ) throws(PictureError) {
    let bytes: [UInt8]
    do {
      bytes = try renderer.render(profile, scales: scales, style: style, format: format)
    } catch {
      throw PictureError(message: error.description)
    }
    times?.endDrawing()
    defer { times?.endWriting() }
    do {
      try AtomicFile.write(bytes, to: path(of: profile.dataset))
    } catch {
      throw PictureError(message: error.description)
    }
  }

  private struct PictureError: Error {
    let message: String
  }

  /// What the threads share.
  private final class State: Sendable {
    private let taken = Atomic<Int>(0)
    private let failures = Mutex<Failures>([:])
    private let rendererFailure = Mutex<String?>(nil)

    func next(of profiles: [DatasetProfile]) -> DatasetProfile? {
      let index = taken.add(1, ordering: .relaxed).oldValue
      return index < profiles.count ? profiles[index] : nil
    }

    func fail(_ dataset: String, _ message: String) {
      failures.withLock { $0[dataset] = message }
    }

    func noRenderer(_ message: String) {
      rendererFailure.withLock { $0 = message }
    }

    func failures(of profiles: [DatasetProfile]) -> Failures {
      var all = failures.withLock { $0 }
      guard let reason = rendererFailure.withLock({ $0 }) else { return all }
      for profile in profiles.dropFirst(taken.load(ordering: .relaxed)) { all[profile.dataset] = reason }
      return all
    }
  }
}
