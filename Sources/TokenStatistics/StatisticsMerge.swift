public import Support
import JSON

/// Merges statistics documents: nothing is lost, and contradictions are errors.
///
///     let merge = try StatisticsMerge(["a.json", "b.json"], into: "all.json")
///     try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
public struct StatisticsMerge: Sendable {
  /// The merged document, not yet written.
  public private(set) var document: StatisticsDocument
  /// For each dataset the document it was taken from.
  public private(set) var origins: [TextKey: String] = [:]
  /// The datasets whose exact lengths are in none of the documents' checkpoints.
  public private(set) var withoutCheckpoints: [String] = []

  private var checkpoints: [TextKey: CheckpointStore] = [:]
  /// The datasets whose entries come from documents of earlier schemas.
  private var outdated: Set<TextKey> = []
  /// The sources of which runs counted parts.
  private var parts: [TextKey: SourceParts] = [:]
  /// The shares that are in the documents, by their runs: there may be thousands.
  private var shares: [ShareRecord.Runs: ShareRecord] = [:]
  /// The sources whose parts became complete.
  private var completed: [TextKey: Checkpoint] = [:]

  /// The sources of which parts are missing, with the numbers of these, sorted by name.
  public private(set) var incomplete: [(dataset: String, missing: [Int], count: Int)] = []
  /// The shares of which some are there and others are missing, with results of datasets.
  public private(set) var incompleteShares: [ShareRecord] = []

  /// Reads the documents at `paths` and merges them; nothing is written yet.
  ///
  /// - Parameters:
  ///   - paths: The documents, at least one.
  ///   - output: The path of the merged document, which may be one of `paths`.
  ///   - isWanted: Whether a dataset is merged.
  /// - Throws: `FileError`: a document that is missing or damaged, settings that differ, or a dataset that has
  ///   different numbers in two documents.
  public init(
    _ paths: [String], into output: String, taking isWanted: (String) -> Bool = { _ in true }
  ) throws(FileError) {
    document = StatisticsDocument(path: output)
    for path in paths {
      guard var other = try StatisticsDocument.load(path) else {
        throw FileError("read", path, reason: "there is no such file")
      }
      try other.keep(isWanted)
      try mergeSettings(of: other)
      try mergeMembers(of: other)
      try mergeDatasets(of: other)
      try mergePairs(of: other)
      try mergeParts(of: other)
      for share in try other.shares() { shares[share.runs, default: share].merge(share) }
    }
    try document.add(Array(shares.values))
    try takeCompleteParts()
    // Where all results are there nevertheless, one run had them all.
    let found = ShareRecord.digest(of: document.datasetNames)
    incompleteShares = try document.shares().filter { !$0.missing.isEmpty && $0.runs.datasets != found }
    try pairSides()
    sortErrors()
    withoutCheckpoints = document.datasetNames.filter { checkpoints[$0] == nil && completed[$0] == nil }
  }

  /// Writes the merged document and the checkpoints beside it.
  ///
  /// - Parameters:
  ///   - timestamp: The time in ISO 8601, UTC.
  ///   - gitSHA: The commit of the current folder's repository, or `unknown`.
  /// - Throws: `FileError`, also if a checkpoint is not that of its dataset.
  public func write(timestamp: String, gitSHA: String) throws(FileError) {
    let store = CheckpointStore(document: document.path)
    var document = document
    // A checkpoint that is linked to must be that of its name, so all are read before anything is changed. What an
    // entry of an earlier schema lacks is computed from it.
    for (dataset, source) in checkpoints where source != store || outdated.contains(dataset) {
      let checkpoint = try source.load(dataset.text)
      if outdated.contains(dataset), let checkpoint { document.upgrade(with: checkpoint) }
    }
    // Checkpoints of an older file of this name must not be taken for those of the merged one.
    for dataset in withoutCheckpoints { try Files.remove(try store.path(of: dataset)) }
    if !checkpoints.isEmpty || !completed.isEmpty { try store.prepare() }
    for (_, checkpoint) in completed.sortedByKey() { try store.save(checkpoint) }
    for (dataset, source) in checkpoints.sortedByKey() where source != store {
      // Checkpoints are replaced and never changed in place, so one file serves both documents.
      try Files.replicate(try source.path(of: dataset), as: try store.path(of: dataset))
    }
    if !checkpoints.isEmpty || !completed.isEmpty { try Files.synchronizeFolder(store.folder) }
    document.stamp(timestamp: timestamp, gitSHA: gitSHA)
    try document.write()
  }

  private mutating func mergeSettings(of other: StatisticsDocument) throws(FileError) {
    guard let settings = try other.settings() else { return }
    if let known = try document.settings() {
      let conflicts = known.conflicts(with: settings)
      guard conflicts.isEmpty else { throw .conflict(path: other.path, conflicts: conflicts) }
    }
    try document.adopt(settings, force: false)
  }

  /// Unknown members, at the root and in the metadata.
  private mutating func mergeMembers(of other: StatisticsDocument) throws(FileError) {
    let known = [
      "schema_version", "metadata", "datasets", "errors", "error_details", StatisticsDocument.pairsKey,
      StatisticsDocument.partsKey,
    ]
    for member in other.root.members where !known.contains(member.key) {
      try keep(member, in: \.root, place: member.key, of: other)
    }
    for member in other.metadata.members where !["total_datasets", "timestamp", "git_sha", "tool"].contains(member.key)
    {
      if member.key == "tokenizers" || member.key == StatisticsDocument.sharesKey { continue }
      try keep(member, in: \.metadata, place: "metadata.\(member.key)", of: other)
    }
    for key in ["errors", "error_details"] {
      let old = document.root[key]?.arrayValue ?? []
      let new = other.root[key]?.arrayValue ?? []
      document.root[key] = .array(old + new.filter { !old.contains($0) })
    }
  }

  /// Adds the parts of sources that several runs counted.
  private mutating func mergeParts(of other: StatisticsDocument) throws(FileError) {
    for (dataset, new) in try other.parts() {
      let key = TextKey(dataset)
      guard parts[key] != nil else {
        parts[key] = new
        continue
      }
      // In place: there may be thousands of parts.
      do throws(FileError) { try parts[key]?.merge(new) } catch {
        throw .unmergeable(dataset: dataset, path: other.path, reason: error.reason)
      }
    }
  }

  /// Makes results of sources whose parts are all there. One that a run counted as a whole needs none.
  private mutating func takeCompleteParts() throws(FileError) {
    for (dataset, parts) in parts.sortedByKey() {
      let isKnown = document.datasets[dataset] != nil
      guard !isKnown, let whole = parts.whole else {
        try document.setParts(isKnown ? nil : parts, of: dataset)
        if !isKnown { incomplete.append((dataset, parts.missing, parts.count)) }
        continue
      }
      completed[dataset] = whole
      document.set(whole.summary)
      document.setErrors([TextKey(dataset): DatasetErrors(whole)])
    }
  }

  /// Puts sides of pairs side by side that no run had both of.
  private mutating func pairSides() throws(FileError) {
    let known = Set(try document.pairs().map { TextKey($0.name) })
    guard let limits = try document.settings()?.limits else { return }
    var sides: [TextKey: [Bool: (name: String, rows: SideRows)]] = [:]
    for name in document.datasetNames {
      guard Self.mayBeSide(name), let rows = try side(of: name), !known.contains(rows.pair) else { continue }
      sides[rows.pair, default: [:]][rows.isChosen] = (name, rows)
    }
    let pairs = sides.sorted { $0.key < $1.key }.compactMap { pair, sides -> (name: String, summary: PairSummary)? in
      guard let chosen = sides[true], let rejected = sides[false] else { return nil }
      let names = (chosen: chosen.name, rejected: rejected.name)
      return (pair.text, PairSummary(names: names, chosen.rows, rejected.rows, limits: limits))
    }
    document.setPairs(pairs)
  }

  /// Whether a dataset's name tells of a side, so that not every result must be read.
  private static func mayBeSide(_ name: String) -> Bool {
    name.split(atBytesOf: "__").contains { $0 == "chosen" || $0 == "rejected" }
  }

  /// The rows of a dataset, if it is a side of pairs.
  private func side(of name: String) throws(FileError) -> SideRows? {
    if let whole = completed[TextKey(name)] { return whole.tally.side }
    return try checkpoints[TextKey(name)]?.load(name)?.tally.side
  }

  /// Puts errors in the order of their datasets' names, whatever order the documents came in.
  private mutating func sortErrors() {
    let details = document.root["error_details"]?.arrayValue ?? []
    let names = Set(details.compactMap { $0["dataset"]?.stringValue }.map { TextKey($0) })
    let errors = document.errors.map { error -> (TextKey, String) in
      let name = names.filter { error.hasPrefix("\($0.text): ") }.max { $0.text.utf8.count < $1.text.utf8.count }
      return (name ?? TextKey(error), error)
    }
    document.root["errors"] = .array(
      errors.sorted { ($0.0, TextKey($0.1)) < ($1.0, TextKey($1.1)) }.map { .string($0.1) })
    // Those of one dataset are in order already.
    let order = details.enumerated().sorted { one, two in
      let (left, right) = (one.element["dataset"]?.stringValue ?? "", two.element["dataset"]?.stringValue ?? "")
      return (TextKey(left), one.offset) < (TextKey(right), two.offset)
    }
    document.root["error_details"] = .array(order.map(\.element))
  }

  private mutating func keep(
    _ member: JSONObject.Member, in object: WritableKeyPath<StatisticsDocument, JSONObject>, place: String,
    of other: StatisticsDocument
  ) throws(FileError) {
    if let present = document[keyPath: object][member.key], present != member.value {
      throw .conflict(
        path: other.path,
        conflicts: [SettingConflict(setting: place, stored: Self.text(member.value), requested: Self.text(present))])
    }
    document[keyPath: object][member.key] = member.value
  }

  private mutating func mergePairs(of other: StatisticsDocument) throws(FileError) {
    var pairs = try document.pairs()
    for pair in try other.pairs() {
      if let known = pairs.first(where: { $0.name.hasSameBytes(as: pair.name) }) {
        guard known.summary == pair.summary else { throw .contradiction(dataset: pair.name, paths: [other.path]) }
      } else {
        pairs.append(pair)
      }
    }
    document.setPairs(pairs)
  }

  private mutating func mergeDatasets(of other: StatisticsDocument) throws(FileError) {
    let store = CheckpointStore(document: other.path)
    var entries = document.datasets
    for name in other.datasetNames {
      guard var entry = other.datasets[name]?.objectValue else { continue }
      if checkpoints[name] == nil, try store.holds(name) { checkpoints[name] = store }
      if let plot = entry["plot"]?.stringValue { entry["plot"] = .string(rebased(plot, from: other.path)) }
      if let present = entries[name]?.objectValue {
        guard Self.numbers(present) == Self.numbers(entry) else {
          throw .contradiction(dataset: name, paths: [origins[name] ?? document.path, other.path])
        }
        guard outdated.contains(TextKey(name)), !other.isOutdated else { continue }
        // The same numbers and more of them.
        outdated.remove(TextKey(name))
      } else if other.isOutdated {
        outdated.insert(TextKey(name))
      }
      entries[name] = .object(entry)
      origins[name] = other.path
    }
    document.root["datasets"] = .object(entries)
  }

  /// A plot's path relative to the merged document instead of relative to the document it comes from.
  private func rebased(_ plot: String, from path: String) -> String {
    guard plot.utf8.first != UInt8(ascii: "/") else { return plot }
    return Files.relative(Files.join(Files.parent(of: path), plot), to: Files.parent(of: document.path))
  }

  /// An entry without the members that may differ although the same rows were counted: those that say where it is
  /// from, and those that earlier schemas do not have.
  private static func numbers(_ entry: JSONObject) -> JSONObject {
    var numbers = JSONObject()
    for member in entry.members where !DatasetSummary.membersOfSchema3.contains(member.key) {
      switch member.key {
      case "plot", "source", StatisticsDocument.copyKey: continue
      case "bands", "labels":
        numbers[member.key] = reduced(member.value) { $0 != "length" }
      case DatasetSummary.limitsKey:
        numbers[member.key] = reduced(member.value) { LimitSummary.membersOfSchema2.contains($0) }
      default: numbers[member.key] = member.value
      }
    }
    return numbers
  }

  /// The members of an object, each without those of its own members that `isKept` refuses.
  private static func reduced(_ value: JSONValue, _ isKept: (String) -> Bool) -> JSONValue {
    .fields(value.objectValue?.members ?? []) { member in
      guard let inner = member.value.objectValue?.members else { return (member.key, member.value) }
      return (member.key, .fields(inner.filter { isKept($0.key) }) { ($0.key, $0.value) })
    }
  }

  private static func text(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }
}
