public import Support
public import TokenStatistics

/// Draws many plots into a folder, on several threads.
///
/// All plots share their scales, so they are drawn when everything is counted. A file that shows the same already stays
/// as it is.
///
///     let batch = PlotBatch(folder: "plots", fonts: try .located(), jobs: 4)
///     try batch.prepare()
///     let outcome = batch.draw(PlotTask.datasets(profiles, scales: PlotScales(profiles: profiles)))
public struct PlotBatch: Sendable {
  /// The folder of the plots.
  public var folder: String
  /// The file format.
  public let format: PlotFormat
  /// The pixels for each of a plot's, in both directions, one of ``PlotRenderer/scales``.
  public let scale: Int
  /// The fonts.
  public let fonts: FontSource
  /// The threads that draw at once.
  public let jobs: Int

  /// Why plots are missing, by name; a dataset's plot has the name of the dataset.
  public typealias Failures = [TextKey: String]

  /// What became of plots.
  public struct Outcome: Sendable {
    /// Why plots are missing.
    public let failures: Failures
    /// Where the time of each thread went.
    public let threads: [PlotTimes]
  }

  /// Makes a batch; nothing is read or written yet.
  public init(folder: String, format: PlotFormat = .png, scale: Int = 1, fonts: FontSource, jobs: Int) {
    self.folder = folder
    self.format = format
    self.scale = scale
    self.fonts = fonts
    self.jobs = jobs
  }

  /// Makes the folder of the plots if it is missing.
  public func prepare() throws(FileError) { try Files.makeDirectories(folder) }

  /// The path of a plot, such as a dataset's.
  ///
  /// - Throws: `FileError` if no file can have this name.
  public func path(of name: String) throws(FileError) -> String {
    try FileName(shortening: name, suffix: ".\(format.rawValue)").path(in: folder)
  }

  /// Draws plots and reports why some could not be drawn or written.
  public func draw(_ plots: [PlotTask]) -> Outcome {
    let tickets = Tickets(plots.count)
    let shares = Workers.run(count: min(jobs, max(1, plots.count))) { _ in draw(plots, tickets) }
    var failures: Failures = [:]
    for share in shares { failures.merge(share.failures) { $1 } }
    // A thread without a renderer draws nothing; if none had one, nobody has taken these plots.
    if let reason = shares.lazy.compactMap(\.rendererFailure).first {
      for plot in plots[tickets.left] { failures[plot.name] = reason }
    }
    let longest = shares.reduce(0) { max($0, $1.times.elapsed) }
    let threads = shares.map { share in
      var times = share.times
      times.waiting = longest - times.elapsed
      return times
    }
    return Outcome(failures: failures, threads: threads)
  }

  /// What one thread did.
  private struct Share: Sendable {
    var failures: Failures = [:]
    var rendererFailure: String?
    var times = PlotTimes()
  }

  private func draw(_ plots: [PlotTask], _ tickets: Tickets) -> Share {
    var share = Share()
    let clock = ThreadClock()
    do throws(FileError) {
      var renderer = try PlotRenderer(fonts: fonts, scale: scale)
      while let index = tickets.next() {
        do throws(FileError) {
          try draw(plots[index], with: &renderer, clock: clock, times: &share.times)
        } catch {
          share.failures[plots[index].name] = error.description
        }
      }
    } catch {
      share.rendererFailure = error.description
    }
    share.times.elapsed = clock.elapsed
    share.times.processor = clock.processor
    return share
  }

  private func draw(
    _ plot: PlotTask, with renderer: inout PlotRenderer, clock: ThreadClock, times: inout PlotTimes
  ) throws(FileError) {
    times.plots += 1
    for (name, page) in zip(plot.files, plot.pages) {
      let path = try self.path(of: name)
      let start = clock.elapsed
      let known = PlotFingerprint.stored(at: path, format: format)
      let file = try renderer.draw(page, format: format, unless: known)
      let drawn = clock.elapsed
      times.drawing += drawn - start
      guard let file else {
        times.kept += 1
        continue
      }
      // A plot can be drawn again; waiting for the disk may take as long as drawing it.
      try AtomicFile.write(file, to: path, isDurable: false)
      times.writing += clock.elapsed - drawn
    }
  }
}

/// Where the time of one thread that draws went, in seconds.
public struct PlotTimes: Sendable {
  /// Drawing and encoding.
  public internal(set) var drawing = 0.0
  /// Writing files.
  public internal(set) var writing = 0.0
  /// From the thread's start to its end.
  public internal(set) var elapsed = 0.0
  /// The time it was running on a processor.
  public internal(set) var processor = 0.0
  /// From its end until the last thread's.
  public internal(set) var waiting = 0.0
  /// The number of plots.
  public internal(set) var plots = 0
  /// The number of files that showed the same already.
  public internal(set) var kept = 0
}
