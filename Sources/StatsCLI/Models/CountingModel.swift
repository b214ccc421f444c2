import ArgumentParser
import ModelHub
import Support
import Tokenizers

/// What `--model` of `count` and `encode` names: a model with a chat format, or a file that holds a tokenizer only.
enum CountingModel: Sendable {
  /// A model that is known by its short name or hub id.
  case model(SelectedModel)
  /// A tokenizer file.
  case file(TokenizerPath)

  /// What the option says of itself.
  static let help = ArgumentHelp(
    "The model: \(ModelRegistry.nameList), a model of the hub such as org/name, or a model's folder or "
      + "tokenizer file.", valueName: "name|path")

  /// What messages call the model.
  var name: String {
    switch self {
    case .model(let model): model.name
    case .file(let file): file.path
    }
  }

  /// The format of conversations; nil for a file.
  var format: ChatFormat? {
    guard case .model(let model) = self else { return nil }
    return model.format
  }

  /// The tokenizer, with a fast path where there is one.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where the tokenizer is missing or refused.
  func loadTokenizer() throws(CommandFailure) -> Tokenizer {
    switch self {
    case .model(let model): return try model.loadTokenizer()
    case .file(let file): return try file.loadTokenizer()
    }
  }

  /// What the tokenizer does.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where the tokenizer is missing or refused.
  func definition() throws(CommandFailure) -> TokenizerDefinition {
    switch self {
    case .file(let file): return try file.definition()
    case .model(let model):
      let path = try model.locateVocabulary().path
      do { return try model.format.model.tokenizer.converter.definition(of: Files.read(path)) } catch {
        throw CommandFailure("\(path): \(error)", status: .unknownModel)
      }
    }
  }
}

extension ModelSelector {
  /// The model that a short name means, else the tokenizer file of a path that exists, else the model of a hub id.
  ///
  /// - Parameter spec: what a tiktoken file does not hold; nil where the file is known by its digest.
  func countingModel(named name: String, spec: TiktokenSpec?) throws(CommandFailure) -> CountingModel {
    if ModelRegistry.names.contains(name) { return .model(try model(named: name)) }
    if Files.exists(name) { return .file(try TokenizerPath(name, spec: spec)) }
    switch ModelReference(name) {
    case .file, .folder:
      let advice =
        name.contains(bytesOf: "://") ? "; a model of the hub is named by its id alone, such as org/name" : ""
      throw CommandFailure("\(name): there is no such file or folder\(advice)", status: .unknownModel)
    case .name:
      if isBuiltIn(name) { return .model(try model(named: name)) }
      return .file(try TokenizerPath(ownerlessModel(name), spec: spec))
    case .hub:
      if isBuiltIn(name) { return .model(try model(named: name)) }
      return .file(try TokenizerPath(hubModel(name), spec: spec))
    }
  }

  private func isBuiltIn(_ name: String) -> Bool { (try? catalog.model(ModelReference(name))) != nil }

  /// A model that the hub knows without an owner, such as `gpt2`.
  ///
  /// - Throws: `CommandFailure`, which names the built-in models too, because the word may be meant for one of them.
  private func ownerlessModel(_ name: String) throws(CommandFailure) -> HubSnapshot {
    let unknown = CommandFailure(InputError.unknownModel(name))
    guard let reference = Self.ownerlessReference(name) else { throw unknown }
    let isSlip = Self.isSlip(name)
    var access = hub
    if isSlip { access.isOffline = true }
    do throws(InputError) { return try access.client().model(reference) } catch {
      guard let failure = error.hubFailure else { throw CommandFailure(error) }
      switch failure.kind {
      case .interrupted: throw CommandFailure(error)
      case .denied, .damaged: throw CommandFailure(failure.description, status: .unknownModel)
      case .notCached where isSlip: throw unknown
      default: throw CommandFailure("\(unknown.message); as a name on the hub: \(failure)", status: .unknownModel)
      }
    }
  }

  /// What a name without an owner means on the hub; nil for what ends as files of models do, and is not there.
  static func ownerlessReference(_ name: String) -> HubReference? {
    let isFileName = [".json", ".model", ".tiktoken", ".jinja"].contains(where: name.hasSuffix)
    return isFileName ? nil : try? HubReference(name, kind: .model)
  }

  /// Whether a built-in model may be meant: nothing is fetched for a slip of the pen.
  static func isSlip(_ name: String) -> Bool { !CloseNames.of(name, in: ModelRegistry.names).isEmpty }

  /// The files of a model of the hub: from its cache, else fetched into it.
  private func hubModel(_ name: String) throws(CommandFailure) -> HubSnapshot {
    do throws(InputError) {
      return try hub.client().model(HubReference(name, kind: .model))
    } catch {
      if case .hub(.interrupted) = error.kind { throw CommandFailure(error) }
      throw CommandFailure(error.description, status: .unknownModel)
    }
  }
}

/// A tokenizer file that the command line names.
struct TokenizerPath: Sendable {
  /// The file.
  let path: String
  /// The folder that says more about the model: the one that was named, or that of a file which every model has.
  let modelFolder: String?
  /// The hub's repository and commit that the files are from; nil for the user's own.
  let snapshot: HubSnapshot?
  private let spec: TiktokenSpec?

  /// Files that lie in a model's folder by these names.
  private static let usualNames: Set<String> = ["tokenizer.json", "tekken.json", "tokenizer.model"]

  /// Chooses the file of a folder, and says which.
  ///
  /// - Parameters:
  ///   - path: a file, or a folder with `tokenizer.json`, else `tekken.json`, else `tokenizer.model` or another `*.model`,
  ///     else `*.tiktoken`.
  ///   - spec: what a tiktoken file does not hold; nil where the file is known by its digest.
  init(_ path: String, spec: TiktokenSpec?) throws(CommandFailure) {
    self.spec = spec
    snapshot = nil
    guard Files.isDirectory(path) else {
      self.path = path
      let isUsual = Self.usualNames.contains(Files.lastComponent(Files.absolute(path)))
      modelFolder = isUsual ? Files.parent(of: Files.absolute(path)) : nil
      return
    }
    modelFolder = path
    let name = try Self.choice(in: path)
    Messages.notice("\(path): counting with \(name)")
    self.path = Files.join(path, name)
  }

  /// Chooses the file of a model of the hub, and says which.
  init(_ snapshot: HubSnapshot, spec: TiktokenSpec?) throws(CommandFailure) {
    self.spec = spec
    self.snapshot = snapshot
    modelFolder = snapshot.path
    let name = try Self.choice(in: snapshot.path)
    Messages.notice("\(snapshot.repository) at \(snapshot.commit.prefix(8)): counting with \(name)")
    path = Files.join(snapshot.path, name)
  }

  private static func choice(in folder: String) throws(CommandFailure) -> String {
    let names: [String]
    do throws(FileError) { names = try Files.list(folder).sorted() } catch {
      throw CommandFailure(error.description, status: .unknownModel)
    }
    for name in ["tokenizer.json", "tekken.json", "tokenizer.model"] where names.contains(name) { return name }
    for suffix in [".model", ".tiktoken"] {
      let matches = names.filter { $0.hasSuffix(suffix) }
      guard matches.count < 2 else {
        throw CommandFailure(
          "\(folder) holds \(matches.joined(separator: ", ")): name the one that is meant", status: .unknownModel)
      }
      if let match = matches.first { return match }
    }
    throw CommandFailure(
      "\(folder) holds no tokenizer.json, tekken.json, *.model or *.tiktoken", status: .unknownModel)
  }

  /// Why the file is not used.
  func refusal(_ reason: String) -> CommandFailure { CommandFailure("\(path): \(reason)", status: .unknownModel) }

  /// Reads the file, whose content tells what it is.
  func contents() throws(CommandFailure) -> (kind: TokenizerFile, bytes: [UInt8]) {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.read(path) } catch {
      throw CommandFailure(error.description, status: .unknownModel)
    }
    guard let kind = TokenizerFile(bytes) else {
      throw refusal("this is no tokenizer.json, tekken.json, SentencePiece model or tiktoken file")
    }
    guard spec == nil || kind == .tiktoken else {
      throw CommandFailure("\(path): --tiktoken-spec is for tiktoken files only", status: .usage)
    }
    return (kind, bytes)
  }

  /// What the tokenizer in the file does.
  func definition() throws(CommandFailure) -> TokenizerDefinition { try definition(of: contents()) }

  /// What the tokenizer in the file does, by the file's contents.
  func definition(of contents: (kind: TokenizerFile, bytes: [UInt8])) throws(CommandFailure) -> TokenizerDefinition {
    let (kind, bytes) = contents
    do throws(TokenizerError) {
      if kind == .sentencePiece, let known = Self.knownModel(SHA256Digest.of(bytes.span.bytes)) {
        return try known.converter.definition(of: bytes)
      }
      return try kind.definition(bytes, spec: spec)
    } catch {
      throw refusal(error.description)
    }
  }

  /// The tokenizer of the file; compiled tables are kept for the next time.
  func loadTokenizer() throws(CommandFailure) -> Tokenizer {
    let (kind, bytes) = try contents()
    let digest = SHA256Digest.of(bytes.span.bytes)
    let known = kind == .sentencePiece ? Self.knownModel(digest)?.converter : nil
    do throws(TokenizerError) {
      return try Tokenizer(
        contents: bytes, digest: digest, path: path, converter: known ?? .contents(spec: spec), tables: .userCache,
        kernels: Files.environment("TOKENSTATS_KERNEL"))
    } catch { throw refusal(error) }
  }

  private func refusal(_ error: TokenizerError) -> CommandFailure {
    guard case .damaged(_, let reason) = error else { return CommandFailure(error.description) }
    return refusal(reason)
  }

  /// The tokenizer that a definition of the file describes.
  func tokenizer(_ definition: TokenizerDefinition) throws(CommandFailure) -> Tokenizer {
    do throws(TokenizerError) {
      return try Tokenizer(definition, kernels: Files.environment("TOKENSTATS_KERNEL"))
    } catch { throw refusal(error) }
  }

  /// The tokenizer of a built-in model that Hugging Face makes of a SentencePiece file with rules of its own.
  private static func knownModel(_ digest: SHA256Digest) -> TokenizerKind? {
    ModelRegistry.tokenizers.first { $0.file.sha256 == digest.hex }
  }
}

/// Turns texts into ids, with special tokens as the command line asks for them.
struct RowEncoder: Sendable {
  private enum Follower: Sendable {
    case tokenizer(Tokenizer)
    case reference(ReferenceTokenizer)
  }

  private let follower: Follower
  private let addsSpecialTokens: Bool
  private let splitsSpecialTokens: Bool

  /// - Parameters:
  ///   - model: whose tokens the ids are.
  ///   - addsSpecialTokens: whether the tokenizer puts its tokens around a text.
  ///   - splitsSpecialTokens: whether special tokens in a text are text like any other.
  ///   - readsMarks: whether control tokens of users are marked in the texts.
  init(
    _ model: CountingModel, addsSpecialTokens: Bool, splitsSpecialTokens: Bool, readsMarks: Bool = false
  ) throws(CommandFailure) {
    self.addsSpecialTokens = addsSpecialTokens
    self.splitsSpecialTokens = splitsSpecialTokens
    guard addsSpecialTokens || splitsSpecialTokens else {
      let tokenizer = try model.loadTokenizer()
      do throws(TokenizerError) {
        follower = .tokenizer(readsMarks ? try tokenizer.readingControlTokenMarks() : tokenizer)
      } catch { throw CommandFailure("\(model.name): \(error)", status: .unknownModel) }
      return
    }
    // Fast paths know neither.
    let definition = try model.definition()
    do throws(TokenizerError) { follower = .reference(try ReferenceTokenizer(definition)) } catch {
      throw CommandFailure("\(model.name): \(error)", status: .unknownModel)
    }
  }

  /// The ids of a text.
  ///
  /// - Throws: `TokenizerError` if the text has none by the definition.
  func ids(of text: [UInt8]) throws(TokenizerError) -> [TokenID] {
    switch follower {
    case .tokenizer(let tokenizer): return try tokenizer.encode(text.span.bytes)
    case .reference(let reference):
      return try text.span.bytes.withUnsafeBytes { bytes throws(TokenizerError) in
        try reference.encode(
          bytes.assumingMemoryBound(to: UInt8.self), addsSpecialTokens: addsSpecialTokens,
          splitsSpecialTokens: splitsSpecialTokens
        ).map(\.id)
      }
    }
  }
}
