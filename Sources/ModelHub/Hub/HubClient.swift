import JSON
public import Support

/// What the user allows and is told while files are fetched.
public struct HubConsent: Sendable {
  /// The most bytes that are fetched without being asked for.
  public static let freeBytes = 1_000_000_000

  /// Whether the user has agreed to any size (`--yes`).
  public var isGiven: Bool

  /// Makes a consent.
  public init(isGiven: Bool = false) { self.isGiven = isGiven }
}

/// What happens while files are fetched.
public enum HubEvent: Sendable, Hashable, CustomStringConvertible {
  /// Files are about to be fetched: how many, their bytes, of what, and from where.
  case fetching(files: Int, bytes: Int, repository: String, commit: String, origin: String)
  /// A dataset's card is about to be read, which says which files are wanted: its bytes, of what, and from where.
  case readingCard(bytes: Int, repository: String, commit: String, origin: String)
  /// So many of the bytes have come.
  case progress(done: Int, total: Int)
  /// Something that the user should know.
  case notice(String)

  /// One line for a person.
  public var description: String {
    switch self {
    case .fetching(let files, let bytes, let repository, let commit, let origin):
      "Fetching \(Self.amount(files, bytes)) of \(repository) at \(commit.prefix(8)) from \(origin)"
    case .readingCard(let bytes, let repository, let commit, let origin):
      """
      Fetching README.md (\(Self.size(bytes))) of \(repository) at \(commit.prefix(8)) from \
      \(origin), which says what its files are
      """
    case .progress(let done, let total):
      "\(Self.size(done)) of \(Self.size(total)) fetched"
    case .notice(let text): text
    }
  }

  /// Bytes for a person.
  private static func size(_ bytes: Int) -> String {
    NumberFormat.short(bytes, from: 1_000) + (bytes < 1_000 ? " B" : "B")
  }

  /// Files and bytes for a person.
  static func amount(_ files: Int, _ bytes: Int) -> String {
    "\(files) \(files == 1 ? "file" : "files") (\(size(bytes)))"
  }
}

/// Finds models and datasets by name: in the hub's cache, else on the hub.
///
///     let client = HubClient(settings: HubSettings())
///     let model = try client.model(HubReference("Qwen/Qwen3-8B", kind: .model))
///     model.path  // .../snapshots/COMMIT, with tokenizer.json and tokenizer_config.json
public struct HubClient {
  /// Where the hub and its cache are.
  public let settings: HubSettings
  /// Whether only what would be done is asked for: the hub is asked what it has, and nothing is stored.
  ///
  /// A model that would be fetched is then an error of the kind `hub(.planned)`, a dataset says it of itself.
  public var plansOnly = false
  private let consent: HubConsent
  private let stop: StopFlag?
  let report: (HubEvent) -> Void

  /// Makes a client; nothing is looked up yet.
  ///
  /// - Parameters:
  ///   - settings: where the hub and its cache are.
  ///   - consent: what the user allows.
  ///   - stop: tells when the user wants to stop.
  ///   - report: called with what happens, by the thread that asks.
  public init(
    settings: HubSettings, consent: HubConsent = HubConsent(), stop: StopFlag? = nil,
    report: @escaping (HubEvent) -> Void = { _ in }
  ) {
    self.settings = settings
    self.consent = consent
    self.stop = stop
    self.report = report
  }

  /// The hub's cache.
  public var cache: HubCache { HubCache(directory: settings.cacheDirectory) }

  /// The folder of a model's tokenizer and template files: from the cache if they are there, else fetched.
  ///
  /// - Throws: `InputError` that says why it is not there and what to do.
  public func model(_ reference: HubReference) throws(InputError) -> HubSnapshot {
    let absence: HubFailure
    var cached: HubSnapshot?
    do throws(InputError) {
      let snapshot = try cache.snapshot(of: reference.repository, revision: reference.revision)
      if try snapshot.hasTokenizer() {
        if settings.isOffline || snapshot.isWholeModel { return snapshot }
        cached = snapshot
      }
      absence = HubFailure(
        .notCached,
        "the hub's cache holds \(reference.repository.summary) at \(snapshot.commit), but no tokenizer file of it")
    } catch {
      guard let failure = error.hubFailure, failure.kind == .notCached else { throw error }
      absence = failure
    }
    guard let cached else {
      guard !settings.isOffline else { throw .hub(Self.offline(absence, "tokenstats tokenizers fetch \(reference)")) }
      return try fetchModel(reference)
    }
    return try completed(cached, reference)
  }

  /// A model of which the cache holds a tokenizer and perhaps not the files beside it, with those.
  private func completed(_ cached: HubSnapshot, _ reference: HubReference) throws(InputError) -> HubSnapshot {
    do throws(InputError) {
      // The same commit, whatever the revision means now.
      let commit = HubReference(repository: reference.repository, revision: try HubRevision(cached.commit))
      _ = try fetchModel(commit)
    } catch {
      if [.hub(.interrupted), .hub(.planned)].contains(error.kind) { throw error }
      report(
        .notice(
          "\(reference): the hub's cache holds a tokenizer, but perhaps not all that belongs to it, such as a chat "
            + "template: \(error)"))
    }
    return cached
  }

  /// Fetches what the cache does not hold of a model's tokenizer and template files.
  ///
  /// The hub is asked which commit the revision means now. Weights are never fetched.
  ///
  /// - Throws: `InputError` that says why it is not possible and what to do.
  public func fetchModel(_ reference: HubReference) throws(InputError) -> HubSnapshot {
    let (transport, folder) = try transport(reference)
    let listing = try HubListing(of: reference, from: transport)
    let snapshot = try fetch(
      HubSelection.files(of: listing, reference), of: listing, reference, transport, into: folder)
    if plansOnly { return snapshot }
    for name in [HubSelection.configName, HubSelection.templateName]
    where !listing.files.contains(where: { $0.path.description == name }) {
      try InputError.wrapping { () throws(FileError) in
        try Files.makeDirectories(snapshot.absences)
        try AtomicFile.write("", to: Files.join(snapshot.absences, name), isDurable: false)
      }
    }
    return snapshot
  }

  /// The files of a model that would be fetched, with the bytes that the cache does not hold; asks the hub.
  public func plan(_ reference: HubReference) throws(InputError) -> [(path: String, missingBytes: Int)] {
    let (transport, folder) = try transport(reference)
    let listing = try HubListing(of: reference, from: transport)
    let download = download(transport, reference, listing.commit, folder)
    return try HubSelection.files(of: listing, reference).map {
      ($0.path.description, download.missingBytes($0))
    }
  }

  /// The way to the hub and the folder of the cache.
  ///
  /// - Throws: `InputError` where nothing may or can be fetched.
  func transport(_ reference: HubReference) throws(InputError) -> (HubTransport, cache: String) {
    guard !settings.isOffline else {
      throw .hub(HubFailure(.notPossible, "\(reference) is not fetched: --offline or HF_HUB_OFFLINE is set"))
    }
    guard let folder = settings.cacheDirectory else {
      throw .hub(
        HubFailure(
          .notPossible, "there is no folder to fetch \(reference) into: set HOME, XDG_CACHE_HOME or HF_HOME"))
    }
    let known = cache.knownNames(of: reference.repository.kind)
    return (try HubTransport(settings, knownNames: known, stop: stop), folder)
  }

  private func download(
    _ transport: HubTransport, _ reference: HubReference, _ commit: String, _ folder: String
  ) -> HubDownload {
    HubDownload(transport, reference, commit: commit, cache: folder, patience: settings.patience)
  }

  /// Fetches files of a listing into the cache, and notes the revision.
  ///
  /// - Parameter isCard: whether it is the file that describes those that are still to come.
  /// - Throws: `InputError` of the kind `hub(.planned)` where something is missing and nothing may be stored.
  func fetch(
    _ files: [HubFile], of listing: HubListing, _ reference: HubReference, _ transport: HubTransport,
    into folder: String, isCard: Bool = false
  ) throws(InputError) -> HubSnapshot {
    let download = download(transport, reference, listing.commit, folder)
    let missing = files.filter { !download.isPresent($0) }
    let total = missing.reduce(0) { $0 + download.missingBytes($1) }
    let (name, commit, origin) = (reference.repository.name, listing.commit, transport.endpoint.origin)
    if total > 0, isCard {
      report(.readingCard(bytes: total, repository: name, commit: commit, origin: origin))
    } else if total > 0 || plansOnly, !missing.isEmpty {
      let event = HubEvent.fetching(
        files: missing.count, bytes: total, repository: name, commit: commit, origin: origin)
      guard consent.isGiven || total <= HubConsent.freeBytes else {
        throw .hub(HubFailure(.notPossible, "\(event) needs your consent: add --yes"))
      }
      guard !plansOnly else {
        let amount = HubEvent.amount(missing.count, total)
        throw .hub(
          HubFailure(.planned, "\(amount) of \(name) at \(commit.prefix(8)) would be fetched from \(origin)"))
      }
      report(event)
    }
    let done = Counter()
    for file in missing {
      try download.fetch(file) { count in
        done.value += count
        if !isCard { report(.progress(done: min(done.value, total), total: total)) }
      }
    }
    // What describes the files that are still to come says nothing of what is there.
    if !isCard, !plansOnly { try download.keepRevision() }
    guard
      let snapshot = HubCache(directory: folder).snapshot(
        of: reference.repository, listing.commit, asked: reference.revision ?? .main)
    else { throw .hub(HubFailure(.notCached, "\(reference) holds no file that is used")) }
    return snapshot
  }

  /// A number that closures count up.
  private final class Counter {
    var value = 0
  }

  /// What is missing and how to get it where there is a network.
  static func offline(_ absence: HubFailure, _ command: String) -> HubFailure {
    HubFailure(
      .notCached,
      """
      \(absence), and nothing is fetched (--offline or HF_HUB_OFFLINE is set): run `\(command)` where there is a network, \
      with the same HF_HOME
      """)
  }
}

extension HubSnapshot {
  /// Whether the cache holds a tokenizer of the model.
  ///
  /// - Throws: `InputError` where the file of one is only a pointer of Git LFS.
  public func hasTokenizer() throws(InputError) -> Bool { try !tokenizerFiles().isEmpty }

  /// Whether the cache also holds what is beside a tokenizer that is there, as far as the hub has it.
  ///
  /// A program may have fetched the tokenizer alone, or before chat templates had a file of their own.
  var isWholeModel: Bool {
    let (config, template) = (HubSelection.configName, HubSelection.templateName)
    guard knows(config) else { return false }
    if knows(template) { return true }
    guard let bytes = try? Files.read(Files.join(path, config)) else { return false }
    return (try? JSONValue.parse(bytes))?["chat_template"] != nil
  }

  /// Whether the cache holds a file or a note that the hub has none of this name.
  private func knows(_ name: String) -> Bool {
    Files.exists(Files.join(path, name)) || Files.exists(Files.join(absences, name))
  }

  /// The folder of the names that the hub was asked for and does not have at this commit, as `huggingface_hub` notes them.
  var absences: String { Files.join(Files.parent(of: Files.parent(of: path)), ".no_exist/\(commit)") }

  /// The paths of the files that a tokenizer can be read from: one, or several where no usual name says which is meant.
  ///
  /// - Throws: `InputError` where the file of one is only a pointer of Git LFS.
  public func tokenizerFiles() throws(InputError) -> [String] {
    var found: [String] = []
    for path in HubSelection.vocabularies(in: files) {
      if let file = try file(path) { found.append(file) }
    }
    return found
  }
}

extension HubCache {
  /// The models whose tokenizer the cache holds, at every revision that it knows; sorted by name.
  public func models() -> [HubSnapshot] {
    var found: [HubSnapshot] = []
    for repository in repositories where repository.kind == .model {
      var commits: Set<String> = []
      for name in revisions(of: repository) + self.commits(of: repository) {
        guard let revision = try? HubRevision(name),
          let snapshot = try? snapshot(of: repository, revision: revision), commits.insert(snapshot.commit).inserted,
          (try? snapshot.hasTokenizer()) == true
        else { continue }
        found.append(snapshot)
      }
    }
    return found
  }
}
