public import JSON
import Support

/// The settings of a counting run that its statistics document records.
public struct RunSettings: Sendable, Hashable {
  /// The version of tokenstats.
  public var toolVersion: String
  /// How conversations are turned into text.
  public var countMode: CountMode
  /// The length limits in tokens, ascending.
  public var limits: [Int]
  /// What each model's conversations are rendered and tokenized with, by model name.
  public var tokenizers: [String: TokenizerRecord]

  /// Makes settings from their parts; limits are sorted and repeats dropped.
  public init(toolVersion: String, countMode: CountMode, limits: [Int], tokenizers: [String: TokenizerRecord]) {
    self.toolVersion = toolVersion
    self.countMode = countMode
    self.limits = Set(limits).sorted()
    self.tokenizers = tokenizers
  }
}

extension RunSettings {
  /// What of a model's conversations is trained; nil for what assistants say.
  public func policy(of model: String) -> TrainPolicy? {
    tokenizers[model]?.trains.flatMap { TrainPolicy(recorded: $0) }
  }

  /// The member that holds the limits, and their name among the conflicts.
  static let limitsKey = "limits"

  /// The settings of one model's entries.
  func json(model: String) -> JSONValue {
    .fields([
      ("count_mode", .string(countMode.rawValue)), (Self.limitsKey, .numbers(limits)),
      ("tokenizer", tokenizers[model]?.json ?? .null),
    ])
  }

  /// Reads the metadata of a document; nil if it holds no settings.
  init?(optional fields: FieldReader) throws(FileError) {
    guard fields.value("count_mode") != nil else { return nil }
    var tokenizers: [String: TokenizerRecord] = [:]
    for (model, record) in try fields.optionalObject("tokenizers")?.objects() ?? [] {
      tokenizers[model] = try TokenizerRecord(record)
    }
    self.init(
      toolVersion: try fields.optionalObject("tool")?.optionalText("version") ?? "unknown",
      countMode: try fields.choice("count_mode"), limits: try fields.integers(Self.limitsKey), tokenizers: tokenizers)
  }

  /// The settings of `run` that would make its numbers incomparable with those counted under these settings.
  public func conflicts(with run: RunSettings) -> [SettingConflict] {
    var conflicts: [SettingConflict] = []
    func compare(_ setting: String, _ stored: String, _ requested: String) {
      guard stored != requested else { return }
      conflicts.append(SettingConflict(setting: setting, stored: stored, requested: requested))
    }
    compare("count_mode", countMode.rawValue, run.countMode.rawValue)
    compare(Self.limitsKey, Self.list(limits), Self.list(run.limits))
    for (model, record) in run.tokenizers.sortedByKey() {
      guard let known = tokenizers[model] else { continue }
      compare("tokenizers.\(model).tokenizer_sha256", known.tokenizerSHA256, record.tokenizerSHA256)
      compare("tokenizers.\(model).template_sha256", known.templateSHA256, record.templateSHA256)
      compare(
        "tokenizers.\(model).template_kwargs", Self.list(known.templateArguments), Self.list(record.templateArguments))
      compare("tokenizers.\(model).now", known.now ?? "not set", record.now ?? "not set")
      compare("tokenizers.\(model).train", known.trains ?? "not set", record.trains ?? "not set")
      compare("tokenizers.\(model).image_tokens", known.images ?? "not set", record.images ?? "not set")
      compare(
        "tokenizers.\(model).\(TokenizerRecord.sanitizesKey)", "\(known.sanitizes)", "\(record.sanitizes)")
    }
    return conflicts
  }

  private static func list(_ numbers: [Int]) -> String { "[" + numbers.map(String.init).joined(separator: ", ") + "]" }

  private static func list(_ arguments: [String: String]) -> String {
    "{" + arguments.sortedByKey().map { "\($0.key)=\($0.value)" }.joined(separator: ", ") + "}"
  }
}

/// How conversations are turned into the text whose tokens are counted.
public enum CountMode: String, Sendable, Hashable, CaseIterable {
  /// Exactly `apply_chat_template(messages, tokenize=True, add_generation_prompt=False)`: BOS once.
  case template
  /// As the original script counted: the rendered text encoded again with special tokens, so BOS is there twice
  /// where the template writes one and the tokenizer adds one, and the contents joined by a space where the template raises.
  case legacy = "seed"
}

/// What one model's conversations were rendered and tokenized with.
public struct TokenizerRecord: Sendable, Hashable {
  /// The repository on the Hugging Face hub.
  public var hubID: String
  /// The revision of the repository.
  public var revision: String
  /// The SHA-256 of the vocabulary file, in hexadecimal.
  public var tokenizerSHA256: String
  /// The SHA-256 of the official chat template, in hexadecimal.
  public var templateSHA256: String
  /// The template's arguments by name.
  public var templateArguments: [String: String]
  /// What writes the beginning-of-text token, such as `template` or `none`.
  public var bosPolicy: String
  /// What the tokenizer is, as in `BPE, byte level`; nil where that is not known, as in files of earlier versions.
  public var tokenizerClass: String?
  /// What renders the template, `native` or `jinja`; nil where there is none, and for native formats in files of earlier
  /// versions.
  public var chatTemplate: String?
  /// What the template saw as the present time; nil where it does not ask.
  public var now: String?
  /// Which tokens count as trained, where a policy says so; nil for the assistant's answers and reasoning.
  public var trains: String?
  /// Whether control tokens in what users wrote count as text.
  public var sanitizes: Bool
  /// How many tokens an image has; nil where nothing says.
  public var images: String?

  static let sanitizesKey = "sanitize_control_tokens"
  /// What is said of a template that is rendered by a native format.
  public static let native = "native"

  /// Makes a record from its parts.
  public init(
    hubID: String, revision: String, tokenizerSHA256: String, templateSHA256: String,
    templateArguments: [String: String], bosPolicy: String, tokenizerClass: String? = nil,
    chatTemplate: String? = nil, now: String? = nil, trains: String? = nil, sanitizes: Bool = false,
    images: String? = nil
  ) {
    self.hubID = hubID
    self.revision = revision
    self.tokenizerSHA256 = tokenizerSHA256
    self.templateSHA256 = templateSHA256
    self.templateArguments = templateArguments
    self.bosPolicy = bosPolicy
    self.tokenizerClass = tokenizerClass
    self.chatTemplate = chatTemplate
    self.now = now
    self.trains = trains
    self.sanitizes = sanitizes
    self.images = images
  }
}

extension TokenizerRecord {
  /// Whether conversations have the same tokens under both: what earlier versions did not say makes no difference.
  func countsLike(_ other: TokenizerRecord) -> Bool {
    var record = self
    record.tokenizerClass = other.tokenizerClass
    let isSame = (chatTemplate ?? Self.native) == (other.chatTemplate ?? Self.native)
    if isSame { record.chatTemplate = other.chatTemplate }
    return record == other
  }

  /// The record as the statistics file holds it.
  public var json: JSONValue {
    .fields(
      [
        ("hub_id", .string(hubID)), ("revision", .string(revision)), ("tokenizer_sha256", .string(tokenizerSHA256)),
        ("template_sha256", .string(templateSHA256)),
        ("template_kwargs", .fields(templateArguments.sortedByKey()) { ($0.key, .string($0.value)) }),
        ("bos_policy", .string(bosPolicy)),
      ]
        + [
          ("tokenizer_class", tokenizerClass), ("chat_template", chatTemplate), ("now", now), ("train", trains),
          ("image_tokens", images),
        ].compactMap { (key, text) in text.map { (key, .string($0)) } }
        + (sanitizes ? [(Self.sanitizesKey, .bool(true))] : []))
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      hubID: try fields.text("hub_id"), revision: try fields.text("revision"),
      tokenizerSHA256: try fields.text("tokenizer_sha256"), templateSHA256: try fields.text("template_sha256"),
      templateArguments: try fields.object("template_kwargs").texts(), bosPolicy: try fields.text("bos_policy"),
      tokenizerClass: try fields.optionalText("tokenizer_class"),
      chatTemplate: try fields.optionalText("chat_template"), now: try fields.optionalText("now"),
      trains: try fields.optionalText("train"), sanitizes: try fields.flag(Self.sanitizesKey),
      images: try fields.optionalText("image_tokens"))
  }
}

/// A setting that differs between a statistics document and the run that would update it.
public struct SettingConflict: Sendable, Hashable, CustomStringConvertible {
  /// The setting's key in the document, such as `limits` or `tokenizers.MODEL.template_sha256`.
  public var setting: String
  /// The document's value.
  public var stored: String
  /// The run's value.
  public var requested: String

  /// Makes a conflict from its parts.
  public init(setting: String, stored: String, requested: String) {
    self.setting = setting
    self.stored = stored
    self.requested = requested
  }

  /// One clause that names both values.
  public var description: String { "\(setting) is \(stored) there and \(requested) here" }
}
