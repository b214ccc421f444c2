public import ChatTemplates
import JSON
public import ModelHub
import Support
public import TokenStatistics
public import Tokenizers

/// A model's chat template with its arguments and its tokenizer, ready to count with.
public struct LoadedModel: Sendable {
  /// Loads the tokenizer of a model.
  public typealias TokenizerLoader = @Sendable (_ model: String, _ kind: TokenizerKind) throws -> Tokenizer

  /// Where the files are from: the repository on the Hugging Face hub, or the path.
  public let origin: ModelOrigin
  /// Renders conversations; nil where the model has no chat template.
  public let renderer: ChatRenderer?
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The tokens that steer the model, which texts should not hold.
  public let controlTokens: ControlTokens
  /// The SHA-256 of the tokenizer's file, in hexadecimal.
  private let tokenizerSHA256: String

  /// Makes a model from its parts.
  ///
  /// - Parameters:
  ///   - origin: Where the files are from.
  ///   - renderer: Renders conversations; nil where the model has no chat template.
  ///   - tokenizer: The tokenizer.
  ///   - controlTokens: The tokens that steer the model.
  ///   - tokenizerSHA256: The SHA-256 of the tokenizer's file, in hexadecimal; nil where the tokenizer knows it.
  public init(
    origin: ModelOrigin, renderer: ChatRenderer?, tokenizer: Tokenizer, controlTokens: ControlTokens,
    tokenizerSHA256: String? = nil
  ) {
    self.controlTokens = controlTokens
    self.origin = origin
    self.renderer = renderer
    self.tokenizer = tokenizer
    self.tokenizerSHA256 = tokenizerSHA256 ?? tokenizer.sourceDigest?.hex ?? ""
  }

  /// Makes a model whose conversations have a native format.
  public init(format: ChatFormat, tokenizer: Tokenizer, arguments: TemplateArguments) {
    self.init(
      origin: ModelOrigin(hubID: format.model.hubID, revision: format.model.revision),
      renderer: ChatRenderer(format.template, arguments: arguments), tokenizer: tokenizer,
      controlTokens: ControlTokens(format.model.controlTokens))
  }

  /// Whether sizes of images decide about the tokens of conversations.
  public var readsImages: Bool { renderer?.settings.images?.readsImages ?? false }

  /// Makes a counter for the calling thread, of what a renderer of the model renders.
  ///
  /// It is never an optional value: what such a value of that many members may hold takes the compiler minutes to check.
  func makeCounter(
    of renderer: ChatRenderer, mode: CountMode, measuresRendering: Bool, training policies: [TrainPolicy] = []
  ) -> ConversationCounter {
    ConversationCounter(
      tokenizer: tokenizer, renderer: renderer, cuts: cuts(of: renderer), mode: mode,
      measuresRendering: measuresRendering, training: policies)
  }

  /// Makes a counter of rows for the calling thread; nil where the model has no chat template.
  ///
  /// - Parameter refusal: what is wrong with conversations where the model has no template and the rows are texts, which
  ///   need none; nil where they are conversations.
  func makeRowCounter(_ options: Scan.Options, refusing refusal: String? = nil) -> RowCounter? {
    if let renderer {
      let counter = makeCounter(
        of: renderer, mode: options.countMode, measuresRendering: options.measuresRendering,
        training: options.policies)
      return RowCounter(counter, options, controlTokens: controlTokens, tokenizer: tokenizer)
    }
    guard let refusal, let format = ChatTemplate.native.first else { return nil }
    // Any format will do where nothing is rendered.
    let texts = ConversationCounter(
      tokenizer: tokenizer, renderer: ChatRenderer(format), cuts: .none, mode: options.countMode,
      measuresRendering: false)
    var rows = RowCounter(texts, options, controlTokens: controlTokens, tokenizer: tokenizer)
    rows.refusal = refusal
    return rows
  }

  /// Makes what finds the trained tokens of conversations, for the calling thread; nil where the model has no chat
  /// template.
  public func makeMask(_ policy: TrainPolicy) -> TrainingMask? {
    renderer.map { TrainingMask(policy, renderer: $0, tokenizer: tokenizer, cuts: cuts(of: $0)) }
  }

  /// Why a policy trains nothing of this model's conversations; nil where it may train some.
  public func obstacle(to policy: TrainPolicy) -> String? {
    guard policy.rule == .template, let renderer, !renderer.hasGenerationBlocks else { return nil }
    return "the chat template has no {% generation %} block, so that --train template trains nothing; name a template "
      + "that has some with --chat-template, or train by another rule"
  }

  /// Why the tokens of generation blocks are not counted; nil where they are, and where there are no blocks.
  public var maskObstacle: String? {
    guard tokenizer.offsets == .partial, renderer?.hasGenerationBlocks ?? false else { return nil }
    return
      "the tokenizer drops characters of a text, by whose places transformers finds the tokens of {% generation %} "
      + "blocks, so there is no assistant_mask_tokens"
  }

  /// The token that begins a sequence, where both the chat template and the tokenizer write it; nil where not, and for
  /// native formats, which are known to begin with it once.
  public var doubledBeginning: String? {
    guard let renderer, !renderer.isNative, renderer.bosPolicy == .template, let token = tokenizer.bosToken else {
      return nil
    }
    return try? tokenizer.decode([token])
  }

  /// Where text may be cut: a format's turn markers are added tokens of the tokenizers that the format was made for.
  private func cuts(of renderer: ChatRenderer) -> TextCuts {
    let native = renderer.main.native
    let isKnown = ModelRegistry.models.contains { model in
      model.templateSHA256 == native?.sha256 && model.tokenizer.file.sha256 == tokenizerSHA256
    }
    guard let native, isKnown else { return TextCuts.none }
    return TextCuts(markers: native.turnMarkers)
  }

  /// The model for the record.
  ///
  /// - Parameter training: What is trained, by each of several rules; none for what the assistant says.
  public func record(mode: CountMode, training: [TrainPolicy] = []) -> TokenizerRecord {
    let policy = renderer?.bosPolicy ?? .none
    return TokenizerRecord(
      hubID: origin.hubID, revision: origin.revision, tokenizerSHA256: tokenizerSHA256,
      templateSHA256: renderer?.main.sha256 ?? "", templateArguments: recordedArguments,
      bosPolicy: mode == .legacy && policy == .template ? "template and tokenizer" : policy.rawValue,
      tokenizerClass: tokenizer.className,
      chatTemplate: renderer.map { $0.isNative ? TokenizerRecord.native : "jinja" },
      now: renderer.flatMap { $0.usesClock ? $0.settings.clock?.description : nil },
      trains: training.isEmpty ? nil : training.map(\.description).joined(separator: "; "),
      sanitizes: renderer?.marksControlTokens ?? false, images: renderer?.settings.images?.description)
  }

  private var recordedArguments: [String: String] {
    var arguments: [String: String] = [:]
    for member in renderer?.recordedArguments.members ?? [] {
      arguments[member.key] = member.value.stringValue ?? String(decoding: member.value.serialized(), as: UTF8.self)
    }
    return arguments
  }
}
