public import Support
public import TokenStatistics

/// Draws many plots into a folder, on several threads.
///
/// All plots share their scales, so they are drawn when everything is counted.
///
///     let batch = PlotBatch(folder: "plots", format: .png, fonts: try .located(), jobs: 4)
///     try batch.prepare()
///     let outcome = batch.draw(PlotTask.datasets(profiles, scales: PlotScales(profiles: profiles)))
public struct PlotBatch: Sendable {
  /// The folder of the plots.
  public var folder: String
  /// The file format.
  public let format: PlotFormat
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
  public init(folder: String, format: PlotFormat, fonts: FontSource, jobs: Int) {
    self.folder = folder
    self.format = format
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
      var renderer = try PlotRenderer(fonts: fonts)
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
    let start = clock.elapsed
    let pages = try plot.draw(&renderer, format)
    let drawn = clock.elapsed
    times.drawing += drawn - start
    times.plots += 1
    defer { times.writing += clock.elapsed - drawn }
    for (name, page) in zip(plot.files, pages) {
      // A plot can be drawn again; waiting for the disk may take as long as drawing it.
      try AtomicFile.write(page, to: path(of: name), isDurable: false)
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
}

/// A plot that is still to be drawn.
public struct PlotTask: Sendable {
  /// The names of its files without ending, one a page: `NAME`, `NAME-2` and so on.
  public let files: [String]
  /// Draws all pages.
  let draw: @Sendable (inout PlotRenderer, PlotFormat) throws(FileError) -> [[UInt8]]

  private init(
    _ name: String, pages: Int = 1,
    draw: @escaping @Sendable (inout PlotRenderer, PlotFormat) throws(FileError) -> [[UInt8]]
  ) {
    files = (0..<max(1, pages)).map { $0 == 0 ? name : "\(name)-\($0 + 1)" }
    self.draw = draw
  }

  /// What the plot is called in messages.
  public var name: String { files[0] }
}

extension PlotTask {
  /// A plot of each dataset, named after it.
  public static func datasets(
    _ profiles: [DatasetProfile], scales: PlotScales, style: PlotStyle = .standard
  ) -> [PlotTask] {
    profiles.map { profile in
      PlotTask(profile.dataset) { (renderer, format) throws(FileError) in
        [try renderer.render(profile, scales: scales, style: style, format: format)]
      }
    }
  }

  /// The pages of a comparison.
  public init(_ comparison: DatasetComparison, scales: PlotScales) {
    self.init(comparison.fileStem, pages: comparison.pageCount) { (renderer, format) throws(FileError) in
      try renderer.renderComparison(comparison, scales: scales, format: format)
    }
  }

  /// A contact sheet and a heat map for each model and kind among `profiles`.
  ///
  /// - Parameters:
  ///   - profiles: The datasets.
  ///   - scales: The scales shared by all plots of the run.
  ///   - part: What of the datasets is shown, such as a label, in the titles and at the end of the names; nil for all.
  public static func overviews(
    of profiles: [DatasetProfile], scales: PlotScales, part: String? = nil
  ) -> [PlotTask] {
    groups(of: profiles).flatMap { group -> [PlotTask] in
      let title = group.title + (part.map { " · \($0)" } ?? "")
      let end = group.name + (part.map { "__\($0)" } ?? "")
      return [
        PlotTask("contact_sheet__\(end)") { (renderer, format) throws(FileError) in
          [try renderer.renderContactSheet(title: title, profiles: group.profiles, scales: scales, format: format)]
        },
        PlotTask("heat_map__\(end)") { (renderer, format) throws(FileError) in
          [try renderer.renderHeatMap(title: title, profiles: group.profiles, scales: scales, format: format)]
        },
      ]
    }
  }

  /// The subjects that several models have: a comparison of each, and overviews of all models.
  public static func models(_ comparisons: [ModelComparison], scales: PlotScales) -> [PlotTask] {
    let pages = comparisons.map { PlotTask(DatasetComparison($0), scales: scales) }
    return pages + overviews(of: comparisons.flatMap(\.profiles), scales: scales)
  }

  /// Two labels in each of `profiles` that has both: a comparison of each, maps of the effect on length, and overviews
  /// of each label.
  public static func labels(
    _ first: String, _ second: String, of profiles: [DatasetProfile], scales: PlotScales
  ) -> [PlotTask] {
    let both = profiles.filter { $0.contrast(first, with: second) != nil }
    let pages = both.compactMap { profile in
      DatasetComparison(of: profile, labels: first, second).map { PlotTask($0, scales: scales) }
    }
    let maps = groups(of: both).map { group in
      PlotTask("label_effects__\(group.name)__\(first)-\(second)") { (renderer, format) throws(FileError) in
        [
          try renderer.renderContrastMap(
            title: "\(group.title) · \(first) and \(second)", labels: first, second, profiles: group.profiles,
            scales: scales, format: format)
        ]
      }
    }
    let overviews = [first, second].flatMap { label in
      Self.overviews(of: both.map { $0.conversations(labeled: label) }, scales: scales, part: label)
    }
    return pages + maps + overviews
  }

  /// The datasets by model and kind, in the order of the names.
  private static func groups(
    of profiles: [DatasetProfile]
  ) -> [(title: String, name: String, profiles: [DatasetProfile])] {
    let groups = Dictionary(grouping: profiles) { TextKey("\($0.model)__\($0.kind.rawValue)s") }
    return groups.sorted { $0.key < $1.key }.map { name, profiles in
      let title = profiles.first.map { "\($0.model) · \($0.kind.rawValue)s" } ?? name.text
      return (title, name.text, profiles)
    }
  }
}
