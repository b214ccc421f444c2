import Support
import TokenStatistics

/// The exact counts of a statistics file, model by model, without filtered copies of others.
struct StoredTraining {
  /// The models, sorted by name.
  let models: [(model: TextKey, numbers: TrainingNumbers)]
  /// The models of which every dataset is a side of pairs.
  let paired: Set<TextKey>
  /// What they were counted with; nil where the file does not say.
  let settings: RunSettings?

  /// The statistics file among the inputs of a command; nil where they are data.
  ///
  /// - Throws: `CommandFailure` with the status of usage errors where it does not stand alone.
  static func path(_ inputs: [String]) throws(CommandFailure) -> String? {
    guard let path = inputs.first, StatisticsDocument.isStatistics(path) else { return nil }
    guard inputs.count == 1 else {
      throw CommandFailure(
        "\(path) is a statistics file: name it alone; tokenstats merge makes one of several", status: .usage)
    }
    return path
  }

  /// Makes sure that no other rule is asked for than the one that a statistics file was counted with.
  static func check(_ path: String, _ training: SampleOptions) throws(CommandFailure) {
    guard try training.policy() == nil else {
      throw CommandFailure(
        "\(path) says what is trained by the rule that it was counted with; --train and --expand are for data",
        status: .usage)
    }
  }

  /// Reads the exact counts.
  ///
  /// - Parameter models: only these models, separated by commas; all where there are none.
  /// - Throws: `FileError` if the counts of a dataset are missing or damaged, `CommandFailure` if there is no such file.
  init(_ path: String, models wanted: [String]) throws {
    let document = try StatisticsDocument.loadExisting(path)
    settings = try document.settings()
    let store = CheckpointStore(document: path)
    let copies = Set(document.copies.map { TextKey($0.dataset) })
    let wanted = Set(wanted.flatMap { $0.split(separator: ",").map(String.init) })
    var models: [TextKey: TrainingNumbers] = [:]
    var known: Set<String> = []
    let sides = Set(try document.pairs().flatMap { [TextKey($0.summary.chosen), TextKey($0.summary.rejected)] })
    var unpaired: Set<TextKey> = []
    for name in document.datasetNames where !copies.contains(TextKey(name)) {
      guard let checkpoint = try store.load(name) else { throw FileError.lostCounts(of: name, in: store) }
      known.insert(checkpoint.identity.model)
      guard wanted.isEmpty || wanted.contains(checkpoint.identity.model) else { continue }
      let numbers = TrainingNumbers(checkpoint.tally)
      if !sides.contains(TextKey(name)) { unpaired.insert(TextKey(checkpoint.identity.model)) }
      if models[checkpoint.identity.model]?.merge(numbers) == nil { models[checkpoint.identity.model] = numbers }
    }
    if models.isEmpty, let model = wanted.subtracting(known).sorted().first {
      let close = CloseNames.question(CloseNames.of(model, in: known.sorted()))
      throw CommandFailure("no dataset of \(path) is of the model \(model)\(close)", status: .nothingMatched)
    }
    let leftOut = document.copies.map { "\($0.dataset) (of \($0.original))" }
    if !leftOut.isEmpty {
      Messages.notice("left out, because they hold rows of other datasets: \(NameList.short(leftOut))")
    }
    paired = Set(models.keys).subtracting(unpaired)
    self.models = models.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
