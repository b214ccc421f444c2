import Analysis
import ArgumentParser
import JSON
import Support
import TokenStatistics

/// Makes one statistics file of several.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Make one statistics file of several, with their partial results.",
    discussion: """
      Nothing is lost, and what contradicts is an error: other settings, or other numbers of the same dataset. Parts that \
      runs with --shard counted become complete datasets, and parts and shares that are missing are named (status 3); \
      what is in two files counts once. With --from-plots, the list of datasets is rebuilt from the names of pictures; \
      such a list holds no statistics.

      Example:
        tokenstats merge gemma.json llama.json qwen.json --output t.json
      """)

  @Argument(help: "Statistics files.", completion: .file(extensions: ["json"]))
  var statistics: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where the merged file goes.", valueName: "file"), completion: .file(extensions: ["json"]))
  var output: String

  @Option(help: ArgumentHelp("List the datasets of a folder of PNG files instead.", valueName: "dir"))
  var fromPlots: String?

  @Flag(help: "Replace a file that is there and none of those that are merged.")
  var force = false

  @OptionGroup var chosen: OnlyOptions

  /// Parts that a message names.
  private static let namedParts = 10

  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if statistics.isEmpty && fromPlots == nil {
      throw ValidationError("Name the statistics files to merge, or a folder of pictures with --from-plots.")
    }
    if fromPlots != nil && !chosen.takesAll {
      throw ValidationError("--only chooses among datasets of statistics files, not of --from-plots.")
    }
    if !statistics.isEmpty && fromPlots != nil {
      throw ValidationError("--from-plots holds no statistics to merge with files: give one or the other.")
    }
  }

  func run() throws {
    try protect()
    if let fromPlots {
      try list(picturesOf: fromPlots)
    } else {
      try merge()
    }
  }

  private func protect() throws(CommandFailure) {
    var outputs = OutputFiles()
    try outputs.add("--output", output)
    try outputs.check()
    let isInput = statistics.contains { Files.areSame($0, output) }
    guard !isInput || chosen.takesAll else {
      throw CommandFailure(
        "\(output) is among the files to merge, and would lose what --only leaves out: name another file with --output",
        status: .usage)
    }
    guard !force, !isInput, Files.exists(output) else { return }
    throw CommandFailure("\(output) is there already: name it among the files to merge, or give --force")
  }

  private func merge() throws {
    if !chosen.takesAll {
      let names = try statistics.flatMap { try StatisticsDocument.loadExisting($0).allNames }
      try chosen.check(names, of: statistics.joined(separator: ", "))
    }
    let merge: StatisticsMerge
    do throws(FileError) {
      merge = try StatisticsMerge(statistics, into: output, taking: chosen.takes)
      // The commit is a courtesy: an unreadable repository is no reason to refuse the merge.
      try merge.write(timestamp: WallClock.timestamp, gitSHA: (try? GitRepository.head()) ?? "unknown")
    } catch {
      throw CommandFailure(Self.message(error))
    }
    if !merge.withoutCheckpoints.isEmpty {
      Messages.warning(
        "no exact lengths are kept of \(NameList.short(merge.withoutCheckpoints, most: 10)): pictures and comparisons need "
          + "'tokenstats analyze' to count them again")
    }
    for (dataset, missing, count) in merge.incomplete {
      let parts = Self.listed("part", missing.map { $0 + 1 }, of: count)
      Messages.warning("\(dataset) is not complete: \(parts) missing; merge what is missing, too")
    }
    for share in merge.incompleteShares {
      let shares = Self.listed("share", share.missing, of: share.count)
      Messages.warning("\(shares) missing (analyze --shard I/\(share.count)); merge what is missing, too")
    }
    let datasets = merge.document.datasetNames.count
    var output = StandardOutput()
    try output.writeLine("statistics: \(self.output)")
    try output.writeLine("\(NumberFormat.grouped(datasets)) datasets of \(statistics.count) files")
    try output.flush()
    guard merge.incomplete.isEmpty else {
      throw CommandFailure("\(self.output) holds parts of datasets that are not complete", status: .partialFailure)
    }
    guard merge.incompleteShares.isEmpty else {
      throw CommandFailure("\(self.output) lacks the results of shares", status: .partialFailure)
    }
  }

  /// "part 2 of 3 is", "parts 2, 4 and 9 more of 20 are".
  private static func listed(_ noun: String, _ numbers: [Int], of count: Int) -> String {
    let more = numbers.count > namedParts ? " and \(numbers.count - namedParts) more" : ""
    let list = numbers.prefix(namedParts).map(String.init).joined(separator: ", ") + more
    return numbers.count == 1 ? "\(noun) \(list) of \(count) is" : "\(noun)s \(list) of \(count) are"
  }

  private static func message(_ error: FileError) -> String {
    guard error.kind == .conflict else { return error.description }
    return "\(error.path) was counted with other settings than the files before it: \(error.reason)"
      + "; nothing was written: count it again with the same settings, or leave it out"
  }

  private func list(picturesOf folder: String) throws {
    let listing = try PlotListing(folder: folder)
    for notice in listing.notices { Messages.notice(notice) }
    guard !listing.entries.isEmpty else {
      throw CommandFailure("\(folder) holds no picture that is named after a dataset", status: .nothingMatched)
    }
    try AtomicFile.write(
      listing.document(relativeTo: Files.parent(of: output)).serialized(.pretty) + Array("\n".utf8), to: output)
    var lines = StandardOutput()
    try lines.writeLine("list: \(output)")
    try lines.writeLine("\(NumberFormat.grouped(listing.entries.count)) datasets; the list holds no statistics")
    try lines.flush()
  }
}
