public import Support

/// A dataset on the hub as the command line names it: `hf://datasets/OWNER/NAME[@REVISION][/PATH or pattern]`.
public struct HubDatasetReference: Sendable, Hashable, CustomStringConvertible {
  /// The repository and its revision.
  public let reference: HubReference
  /// A path, a folder or a pattern in the repository; nil for the whole.
  public let path: String?

  private static let scheme = "hf://"
  private static let beginning = "hf://datasets/"

  /// Makes a reference to a whole dataset.
  public init(_ reference: HubReference) {
    self.reference = reference
    path = nil
  }

  /// Reads a reference; nil for text that does not begin with `hf://`.
  ///
  /// - Throws: `InputError` where it is none of a dataset.
  public init?(_ text: String) throws(InputError) {
    guard text.hasPrefix(Self.scheme) else { return nil }
    guard text.hasPrefix(Self.beginning) else {
      throw .hub(HubFailure(.badName, "only datasets of the hub are read: write hf://datasets/OWNER/NAME"))
    }
    var rest = text.dropFirst(Self.beginning.count)
    // The name ends at its second slash, or where a revision begins.
    let name = rest.prefix { $0 != "@" }.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    let isRevised = name.count < 3 && rest.contains("@")
    let owned = name.prefix(2).joined(separator: "/")
    rest = rest.dropFirst(owned.count)
    var revision: HubRevision?
    if isRevised {
      rest = rest.dropFirst()
      // The hub's own revisions have slashes in their names.
      let marks = ["refs/convert/", "refs/pr/"]
      let special = marks.first { rest.hasPrefix($0) } ?? ""
      let word = special + rest.dropFirst(special.count).prefix { $0 != "/" }
      // The hub's short name of the Parquet files that it makes itself.
      let name = word == "~parquet" ? "refs/convert/parquet" : word.split(atBytesOf: "%2F").joined(separator: "/")
      revision = try HubRevision(name)
      rest = rest.dropFirst(word.count)
    }
    reference = HubReference(repository: try RepositoryID(owned, kind: .dataset), revision: revision)
    let path = rest.split(separator: "/").joined(separator: "/")
    self.path = path.isEmpty ? nil : path
  }

  /// The reference as it is written.
  public var description: String { Self.beginning + reference.description + (path.map { "/" + $0 } ?? "") }
}

/// A dataset of the hub whose files are on this machine.
public struct HubDataset: Sendable, Hashable {
  /// The files of one split of one configuration.
  public struct Entry: Sendable, Hashable {
    /// The name for results: the hub id with `--` for `/`, and `--CONFIGURATION` after it where there are several.
    public let name: String
    /// The configuration, `default` where nothing names one.
    public let configuration: String
    /// The split.
    public let split: String
    /// The paths of the files on this machine, in the order of the split.
    public let files: [String]
  }

  /// The repository.
  public let repository: RepositoryID
  /// The commit, 40 hexadecimal digits.
  public let commit: String
  /// The splits of all configurations that were asked for.
  public let entries: [Entry]
  /// What would be fetched, as a sentence; nil where the files are here. Only a client that makes plans says so.
  public var plan: String?
}

extension HubClient {
  /// The files of a dataset: from the cache if all are there, else fetched.
  ///
  /// - Parameters:
  ///   - dataset: what is meant.
  ///   - configuration: the name of one configuration; nil for all.
  /// - Throws: `InputError` that says why they are not there and what to do.
  public func dataset(
    _ dataset: HubDatasetReference, configuration: String? = nil
  ) throws(InputError) -> HubDataset {
    let reference = dataset.reference
    let request = Request(dataset: dataset, configuration: configuration)
    if let complete = try cachedWhole(request) { return complete }
    if settings.isOffline {
      return try cachedPart(request, because: "nothing is fetched (--offline or HF_HUB_OFFLINE)")
    }
    do throws(InputError) {
      let (transport, folder) = try transport(reference)
      let listing = try HubListing(of: reference, from: transport)
      return try fetch(request, listing, transport, into: folder)
    } catch {
      guard let failure = error.hubFailure, failure.kind == .unreachable,
        let snapshot = try? snapshot(of: reference), !snapshot.files.isEmpty
      else { throw error }
      return try cachedPart(request, because: failure.description)
    }
  }

  /// The files of a dataset that the cache holds; nothing is fetched.
  ///
  /// - Throws: `InputError`, which suggests the form that fetches.
  public func cachedDataset(
    _ reference: HubReference, configuration: String? = nil
  ) throws(InputError) -> HubDataset {
    let request = Request(dataset: HubDatasetReference(reference), configuration: configuration)
    if let complete = try cachedWhole(request) { return complete }
    return try cachedPart(request, because: "only hf://datasets/\(reference) is fetched")
  }

  /// What is wanted of a dataset.
  private struct Request {
    let dataset: HubDatasetReference
    let configuration: String?
    var reference: HubReference { dataset.reference }
  }

  private static let cardName = "README.md"

  /// The dataset by a listing that was kept, if the cache holds all files that are wanted.
  private func cachedWhole(_ request: Request) throws(InputError) -> HubDataset? {
    guard let snapshot = try? cache.snapshot(of: request.reference.repository, revision: request.reference.revision),
      let folder = cache.folder(of: request.reference.repository),
      let listing = HubListing(of: request.reference, commit: snapshot.commit, keptIn: folder)
    else { return nil }
    let paths = listing.files.map(\.path)
    guard let card = try card(among: paths, of: snapshot, request),
      let dataset = try? made(request, paths, card, snapshot)
    else { return nil }
    let sizes = Dictionary(listing.files.map { ($0.path.path(in: snapshot.path), $0.size) }) { first, _ in first }
    let isWhole = dataset.entries.flatMap(\.files).allSatisfy { Files.status($0)?.size == sizes[$0] }
    return isWhole ? dataset : nil
  }

  /// The text of the card, empty where there is none or it is not needed; nil where the cache does not hold it.
  private func card(
    among paths: [RepositoryPath], of snapshot: HubSnapshot, _ request: Request
  ) throws(InputError) -> String? {
    guard request.dataset.path == nil, let path = paths.first(where: { $0.description == Self.cardName }) else {
      return ""
    }
    guard let file = try snapshot.file(path) else { return nil }
    return try InputError.wrapping { () throws(FileError) in try Files.readText(file) }
  }

  /// The dataset of the files that a snapshot holds, however many the repository has.
  private func cachedPart(_ request: Request, because reason: String) throws(InputError) -> HubDataset {
    let reference = request.reference
    let snapshot: HubSnapshot
    do throws(InputError) { snapshot = try self.snapshot(of: reference) } catch {
      guard let failure = error.hubFailure, failure.kind == .notCached else { throw error }
      throw .hub(HubFailure(.notCached, "\(failure), and \(reason)"))
    }
    let paths = snapshot.files
    for path in paths { _ = try snapshot.file(path) }
    let dataset: HubDataset
    do throws(InputError) {
      dataset = try made(request, paths, card(among: paths, of: snapshot, request) ?? "", snapshot)
    } catch {
      guard let failure = error.hubFailure, failure.kind == .notFound else { throw error }
      throw .hub(
        HubFailure(.notCached, "\(failure) in the hub's cache, and \(reason); --config NAME takes one configuration"))
    }
    for entry in dataset.entries { try Self.checkShards(entry, reference, because: reason) }
    report(
      .notice(
        "\(reference): counting the \(dataset.entries.flatMap(\.files).count) files that the hub's cache holds at "
          + "\(snapshot.commit.prefix(8)), which does not say whether these are all; \(reason)"))
    return dataset
  }

  /// The snapshot of a revision; of `main` also the only one there is, because `datasets` keeps no revisions.
  private func snapshot(of reference: HubReference) throws(InputError) -> HubSnapshot {
    do throws(InputError) {
      return try cache.snapshot(of: reference.repository, revision: reference.revision)
    } catch {
      let commits = cache.commits(of: reference.repository)
      guard reference.revision == nil, commits.count == 1, let commit = commits.first,
        let snapshot = cache.snapshot(of: reference.repository, commit, asked: .main)
      else { throw error }
      return snapshot
    }
  }

  /// Makes sure that no shard of `NAME-00000-of-00008` is missing.
  private static func checkShards(
    _ entry: HubDataset.Entry, _ reference: HubReference, because reason: String
  ) throws(InputError) {
    var shards: [String: (numbers: Set<Int>, total: Int)] = [:]
    for file in entry.files {
      let name = Files.lastComponent(file)
      guard let shard = ShardName(name) else { continue }
      shards["\(shard.beginning)-of-\(shard.total)", default: ([], shard.total)].numbers.insert(shard.number)
    }
    for (_, shard) in shards.sorted(by: { $0.key < $1.key }) where shard.numbers.count < shard.total {
      throw .hub(
        HubFailure(
          .notCached,
          """
          the hub's cache holds \(shard.numbers.count) of \(shard.total) files of the split \(entry.split) of \
          \(reference), and \(reason)
          """))
    }
  }

  /// Fetches what is missing of the files that are wanted.
  private func fetch(
    _ request: Request, _ listing: HubListing, _ transport: HubTransport, into folder: String
  ) throws(InputError) -> HubDataset {
    let reference = request.reference
    let paths = listing.files.map(\.path)
    var card = ""
    if request.dataset.path == nil, let file = listing.files.first(where: { $0.path.description == Self.cardName }) {
      guard file.size <= HubSelection.largestSetting else {
        throw .hub(HubFailure(.damaged, "README.md of \(reference) has \(file.size) bytes"))
      }
      card = try self.card(file, request, listing, transport, into: folder)
    }
    let layout = try layout(request, paths, card)
    for notice in layout.notices { report(.notice(notice)) }
    let wanted = Set(try Self.chosen(layout, request).flatMap(\.splits).flatMap(\.files))
    let snapshot: HubSnapshot
    do throws(InputError) {
      snapshot = try fetch(
        listing.files.filter { wanted.contains($0.path) }, of: listing, reference, transport, into: folder)
    } catch {
      guard let failure = error.hubFailure, failure.kind == .planned else { throw error }
      let future = HubSnapshot(
        repository: reference.repository, revision: reference.revision ?? .main, commit: listing.commit,
        path: Files.join(folder, "\(reference.repository.folderName)/snapshots/\(listing.commit)"))
      var dataset = try made(request, paths, card, future)
      dataset.plan = failure.description
      return dataset
    }
    if plansOnly { return try made(request, paths, card, snapshot) }
    if let kept = cache.folder(of: reference.repository) {
      try InputError.wrapping { () throws(FileError) in try listing.keep(in: kept) }
    }
    return try made(request, paths, card, snapshot)
  }

  /// The text of the card, which is fetched where the cache does not hold it.
  ///
  /// It says which files are wanted, so that a plan needs it as well, and does not keep it.
  private func card(
    _ file: HubFile, _ request: Request, _ listing: HubListing, _ transport: HubTransport, into folder: String
  ) throws(InputError) -> String {
    let reference = request.reference
    let download = HubDownload(
      transport, reference, commit: listing.commit, cache: folder, patience: settings.patience)
    guard plansOnly, !download.isPresent(file) else {
      let snapshot = try fetch([file], of: listing, reference, transport, into: folder, isCard: true)
      return try card(among: [file.path], of: snapshot, request) ?? ""
    }
    report(
      .readingCard(
        bytes: file.size, repository: reference.repository.name, commit: listing.commit,
        origin: transport.endpoint.origin))
    let bytes = try transport.document(download.address(of: file), limit: file.size, about: reference).bytes
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .hub(HubFailure(.damaged, "README.md of \(reference) is no UTF-8 text"))
    }
    return text
  }

  /// The configurations and splits that are wanted.
  private func layout(
    _ request: Request, _ paths: [RepositoryPath], _ card: String
  ) throws(InputError) -> DatasetLayout {
    let name = request.reference.repository.name
    var paths = paths
    if let wanted = request.dataset.path {
      paths = try Self.paths(paths, matching: wanted, request.dataset)
    }
    return try DatasetLayout(paths, card: card, of: name, wanted: request.configuration)
  }

  /// The paths that are the one, below the folder or like the pattern that is named.
  private static func paths(
    _ paths: [RepositoryPath], matching wanted: String, _ dataset: HubDatasetReference
  ) throws(InputError) -> [RepositoryPath] {
    let found: [RepositoryPath]
    if RepositoryPattern.isPattern(wanted) {
      guard let pattern = RepositoryPattern(wanted) else {
        throw .hub(HubFailure(.badName, "** must be a whole part of the path \(wanted)"))
      }
      found = DatasetLayout.matches(pattern, in: paths)
    } else {
      found = paths.filter { $0.description == wanted || $0.description.hasPrefix(wanted + "/") }
    }
    guard !found.isEmpty else {
      let question = CloseNames.question(CloseNames.of(wanted, in: paths.map(\.description)))
      throw .hub(HubFailure(.notFound, "the dataset \(dataset.reference) has no file \(wanted)\(question)"))
    }
    return found
  }

  /// The configurations that are wanted.
  private static func chosen(
    _ layout: DatasetLayout, _ request: Request
  ) throws(InputError) -> [DatasetLayout.Configuration] {
    guard let name = request.configuration else { return layout.configurations }
    let chosen = layout.configurations.filter { $0.name == name }
    guard !chosen.isEmpty else {
      throw .hub(
        HubFailure(
          .notFound,
          "\(request.reference.repository.summary) has no configuration \(name): there are "
            + layout.configurations.map(\.name).joined(separator: ", ")))
    }
    return chosen
  }

  private func made(
    _ request: Request, _ paths: [RepositoryPath], _ card: String, _ snapshot: HubSnapshot
  ) throws(InputError) -> HubDataset {
    let layout = try layout(request, paths, card)
    let repository = request.reference.repository
    let hasSeveral = layout.configurations.count > 1
    let entries = try Self.chosen(layout, request).flatMap { configuration in
      configuration.splits.map { split in
        HubDataset.Entry(
          name: repository.dashedName + (hasSeveral ? "--\(configuration.name)" : ""),
          configuration: configuration.name, split: split.name, files: split.files.map { $0.path(in: snapshot.path) })
      }
    }
    return HubDataset(repository: repository, commit: snapshot.commit, entries: entries)
  }
}

/// A name such as `train-00001-of-00008.parquet`: one of several files of a table.
struct ShardName: Sendable, Hashable {
  /// What comes before the number.
  let beginning: String
  /// The file's number, from 0.
  let number: Int
  /// How many files there are.
  let total: Int

  /// Reads a name; nil where it is none of a shard.
  init?(_ name: String) {
    let pieces = name.split(atBytesOf: "-of-")
    guard pieces.count > 1, let last = pieces.last else { return nil }
    let totalDigits = last.prefix { ("0"..."9").contains($0) }
    let head = name[..<pieces[pieces.count - 2].endIndex]
    guard let dash = head.lastIndex(of: "-") else { return nil }
    let digits = head[head.index(after: dash)...]
    guard digits.count == 5, totalDigits.count == 5, let number = Int(digits), let total = Int(totalDigits) else {
      return nil
    }
    beginning = String(head[..<dash])
    self.number = number
    self.total = total
  }
}
