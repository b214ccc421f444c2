import Analysis
import ArgumentParser
import Counting
import Datasets
import Support
import TokenStatistics

/// Where rows are written that are made of a source.
struct RowOutputOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The file, or the folder of a dataset, that is written: its ending says which.", valueName: "path"),
    completion: .file())
  var output: String

  @Flag(help: "Replace what is there.")
  var force = false

  /// The form that the path asks for.
  var form: RowOutputForm { RowOutputForm(path: output) }

  /// Makes sure that the output can be written, and that neither it nor a file beside it is a part of the source.
  ///
  /// - Parameter beside: files that are written beside it.
  func check(_ source: DatasetSource, beside: [String] = []) throws(CommandFailure) {
    if let obstacle = form.obstacle(at: output, replacing: force) { throw CommandFailure(obstacle) }
    let written = [output] + beside
    for file in source.files + [source.path] {
      if let path = written.first(where: { Self.holds($0, file) || Self.holds(file, $0) }) {
        throw CommandFailure(
          "\(path) is where \(source.path) is, which is never overwritten; name another file or folder",
          status: .usage)
      }
    }
    var files = OutputFiles()
    if form != .folder { try files.add("--output", output) }
    for path in beside { try files.add(path, beside: "--output", output) }
    try files.check()
  }

  /// Whether a path is another one, or a folder that holds it.
  private static func holds(_ path: String, _ other: String) -> Bool {
    if Files.areSame(path, other) { return true }
    guard Files.isDirectory(path) else { return false }
    return Files.resolved(other).hasPrefix(Files.resolved(path) + "/")
  }
}

extension ScanSelection {
  /// The one source that a command works on, with a model that is loaded.
  ///
  /// - Parameters:
  ///   - name: the source, with filters as in `NAME:label=pos`.
  ///   - policy: what is trained.
  ///   - findsTurns: whether it matters where prompts end.
  func single(
    _ name: String, training policy: TrainPolicy?, columns: [String] = [], findsTurns: Bool = false
  ) throws(CommandFailure) -> (scan: ConversationScan, job: ScanJob) {
    let scan = try scan(ofOne: name, training: policy, columns: columns, findsTurns: findsTurns)
    guard let job = scan.jobs.first, scan.jobs.count == 1 else { throw Self.several(scan.jobs, of: name) }
    return (scan, job)
  }

  /// The scan of one source, whose rows may hold several conversations.
  ///
  /// - Parameters:
  ///   - name: the source, with filters as in `NAME:label=pos`.
  ///   - policy: what is trained.
  ///   - findsTurns: whether it matters where prompts end.
  func scan(
    ofOne name: String, training policy: TrainPolicy?, columns: [String] = [], findsTurns: Bool = false
  ) throws(CommandFailure) -> ConversationScan {
    let scan = try scan([DatasetOptions.selection(name)]) { options in
      options.scan.trainPolicy = policy
      options.scan.optionalColumns = columns
      options.scan.findsTurns = findsTurns
      options.query.namesShowFilters = false
    }
    if let failure = scan.failures.first { throw CommandFailure(failure) }
    return scan
  }

  /// What is said where a command works on one source, or one conversation a row, and several were meant.
  static func several(_ jobs: [ScanJob], of name: String) -> CommandFailure {
    if let sides = ScanJob.sides(of: jobs) {
      return CommandFailure(
        "\(Files.shown(name)) holds pairs (\(sides.chosen.name), \(sides.rejected.name)): name the conversations that are meant with "
          + "--messages-column, or the texts with --text-column", status: .usage)
    }
    let names = jobs.map { $0.source.split ?? $0.name }
    return CommandFailure(
      "\(name) holds \(jobs.count) sources or is counted by several models (\(names.joined(separator: ", "))): "
        + "name one, or choose a split with --split-name", status: .usage)
  }
}
