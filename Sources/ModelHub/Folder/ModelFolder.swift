public import ChatTemplates
public import JSON
public import Support
import Tokenizers

/// Where a model's files are from, for the record.
public struct ModelOrigin: Sendable, Hashable {
  /// The repository on the Hugging Face hub, or the path that the user named.
  public let hubID: String
  /// The revision of the repository; `local` for a path.
  public let revision: String

  /// Makes an origin.
  public init(hubID: String, revision: String) {
    self.hubID = hubID
    self.revision = revision
  }
}

/// What a model's folder says about conversations, as `AutoTokenizer.from_pretrained` reads it: the chat templates and
/// the special tokens.
///
/// ```swift
/// let folder = try ModelFolder("Qwen3-32B")
/// let renderer = try ChatRenderer(folder.templates, specialTokens: folder.specialTokens)
/// ```
public struct ModelFolder: Sendable {
  /// The chat templates; none where the model has none.
  public let templates: [NamedChatTemplate]
  /// The special tokens by name, as texts.
  public let specialTokens: JSONObject
  /// The added tokens that steer the model although they are not special, as the configuration lists them; nil where it
  /// has no such list.
  public let chatControlTokens: [String]?
  /// How many tokens the model's processor makes of an image; nil where the model takes none.
  public let images: ImageTokens?

  /// Reads `tokenizer_config.json`, `special_tokens_map.json`, `chat_template.jinja`, `additional_chat_templates/`, and of
  /// models that take images `preprocessor_config.json`, `processor_config.json` and `chat_template.json`, as far as they
  /// are there.
  ///
  /// - Throws: `InputError` where a file cannot be read or does not hold what it should.
  public init(_ path: String) throws(InputError) {
    let configuration = try Self.object(path, "tokenizer_config.json") ?? JSONObject()
    let map = try Self.object(path, "special_tokens_map.json") ?? JSONObject()
    specialTokens = SpecialTokenNames.texts(configuration: configuration, map: map)
    switch configuration["chat_control_tokens"] {
    case nil, .null: chatControlTokens = nil
    case .array(let elements)?: chatControlTokens = elements.compactMap(\.stringValue)
    case .some(let value):
      throw .model(
        Files.join(path, "tokenizer_config.json"),
        "\"chat_control_tokens\" is \(value.kindName); a list of texts is expected")
    }
    images = try ImageConfiguration(path, configuration: configuration, tokens: specialTokens) {
      (folder, name) throws(InputError) in try Self.object(folder, name)
    }?.rule()
    let files = try Self.templateFiles(path)
    let own =
      try files.isEmpty
      ? Self.templates(in: configuration, Files.join(path, "tokenizer_config.json")) : Self.templates(files, path)
    // Older processors have a file of their own for what tokenizers have in their configuration.
    let processors = "chat_template.json"
    guard own.isEmpty, images != nil, let object = try Self.object(path, processors) else {
      templates = own
      return
    }
    templates = try Self.templates(in: object, Files.join(path, processors))
  }

  /// The templates of a file: Jinja, or the `chat_template` of a `.json` such as `tokenizer_config.json`.
  ///
  /// - Throws: `InputError` where the file cannot be read, holds no template, or one that cannot be compiled.
  public static func templates(file path: String) throws(InputError) -> [NamedChatTemplate] {
    guard path.hasSuffix(".json") else { return try templates([("default", try templateText(path))], path) }
    let templates = try templates(in: object(path), path)
    guard !templates.isEmpty else { throw .model(path, "there is no \"chat_template\" in it") }
    return templates
  }

  /// Makes templates of texts by name.
  ///
  /// - Parameters:
  ///   - texts: the texts; one that is called `default` alone has no name.
  ///   - place: what the errors name.
  /// - Throws: `InputError` where a template cannot be compiled.
  public static func templates(
    _ texts: [(name: String, text: String)], _ place: String
  ) throws(InputError) -> [NamedChatTemplate] {
    let isUnnamed = texts.count == 1 && texts[0].name == "default"
    return try texts.map { (name, text) throws(InputError) in
      do throws(TemplateError) {
        return try NamedChatTemplate(
          name: isUnnamed ? nil : name, text: text, sha256: SHA256Digest.of(Array(text.utf8).span.bytes).hex)
      } catch {
        let line = error.line.map { ", line \($0)" } ?? ""
        throw .model(place, "the chat template\(isUnnamed ? "" : " \(name)")\(line) cannot be used: \(error.message)")
      }
    }
  }

  /// Reads the text of a template as Python does, for which all line ends are newlines.
  ///
  /// - Throws: `InputError` where the file cannot be read or is not UTF-8.
  public static func templateText(_ path: String) throws(InputError) -> String {
    let bytes = try InputError.wrapping { () throws(FileError) in try Files.read(path) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .model(path, "the file is not UTF-8") }
    guard bytes.contains(UInt8(ascii: "\r")) else { return text }
    var unified: [UInt8] = []
    unified.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\r") {
        if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") { continue }
        unified.append(UInt8(ascii: "\n"))
      } else {
        unified.append(byte)
      }
    }
    return String(decoding: unified, as: UTF8.self)
  }

  // MARK: - Files

  private static func object(_ folder: String, _ name: String) throws(InputError) -> JSONObject? {
    let path = Files.join(folder, name)
    return Files.exists(path) ? try object(path) : nil
  }

  private static func object(_ path: String) throws(InputError) -> JSONObject {
    let bytes = try InputError.wrapping { () throws(FileError) in try Files.read(path) }
    let value: JSONValue
    do { value = try JSONValue.parse(bytes) } catch { throw .model(path, error.description) }
    guard let object = value.objectValue else {
      throw .model(path, "an object is expected, \(value.kindName) is there")
    }
    return object
  }

  /// The templates that have files of their own, `default` first, then by name.
  private static func templateFiles(_ folder: String) throws(InputError) -> [(name: String, text: String)] {
    var texts: [(name: String, text: String)] = []
    let main = Files.join(folder, "chat_template.jinja")
    if Files.exists(main) { texts.append(("default", try templateText(main))) }
    let others = Files.join(folder, "additional_chat_templates")
    guard Files.isDirectory(others) else { return texts }
    let names = try InputError.wrapping { () throws(FileError) in try Files.list(others) }
    for name in names.sorted() where name.hasSuffix(".jinja") {
      texts.append((String(name.dropLast(".jinja".count)), try templateText(Files.join(others, name))))
    }
    return texts
  }

  /// The templates of the configuration: a text, or a list of named ones.
  private static func templates(
    in configuration: JSONObject, _ path: String
  ) throws(InputError) -> [NamedChatTemplate] {
    switch configuration["chat_template"] {
    case nil, .null: return []
    case .string(let text): return try templates([("default", text)], path)
    case .array(let elements):
      var texts: [(name: String, text: String)] = []
      for element in elements {
        guard let name = element["name"]?.stringValue, let text = element["template"]?.stringValue else {
          throw .model(path, "\"chat_template\" has an element without name and template")
        }
        texts.removeAll { $0.name == name }
        texts.append((name, text))
      }
      return try templates(texts, path)
    case .object(let object):
      var texts: [(name: String, text: String)] = []
      for member in object.members {
        guard let text = member.value.stringValue else {
          throw .model(path, "\"chat_template\" has a template \(member.key) that is no text")
        }
        texts.append((member.key, text))
      }
      return try templates(texts, path)
    case .some(let value):
      throw .model(path, "\"chat_template\" is \(value.kindName); a text or a list of named texts is expected")
    }
  }
}

/// The names of special tokens that templates know.
enum SpecialTokenNames {
  private static let standard = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  /// The special tokens of a model by name, the standard ones first.
  ///
  /// Source: transformers 5.23, `tokenization_utils_base.py`: the map goes before the configuration where that lists no
  /// added tokens, and further members whose names end with `_token` are special tokens too.
  static func texts(configuration: JSONObject, map: JSONObject) -> JSONObject {
    var tokens = JSONObject()
    var members = configuration
    if configuration["added_tokens_decoder"] == nil {
      for member in map.members { members[member.key] = member.value }
    }
    for name in standard {
      if let text = text(members[name]) { tokens[name] = .string(text) }
    }
    for member in members.members where member.key.hasSuffix("_token") && !standard.contains(member.key) {
      if let text = text(member.value) { tokens[member.key] = .string(text) }
    }
    for list in ["extra_special_tokens", "model_specific_special_tokens"] {
      for member in members[list]?.objectValue?.members ?? [] {
        if let text = text(member.value) { tokens[member.key] = .string(text) }
      }
    }
    return tokens
  }

  /// The text of a token that is a string or a stored `AddedToken`.
  private static func text(_ value: JSONValue?) -> String? { value?.stringValue ?? value?["content"]?.stringValue }
}

extension Model {
  /// The special tokens of a built-in model, whose vocabulary file does not hold them, by name, as texts.
  ///
  /// Source: `tokenizer_config.json` of the repositories on the Hugging Face hub.
  public var specialTokens: JSONObject {
    let tokens: [(String, String)] =
      switch tokenizer.name {
      case "gemma2": [("bos_token", "<bos>"), ("eos_token", "<eos>"), ("unk_token", "<unk>"), ("pad_token", "<pad>")]
      case "llama3": [("bos_token", "<|begin_of_text|>"), ("eos_token", "<|eot_id|>")]
      case "qwen3", "qwen25": [("eos_token", "<|im_end|>"), ("pad_token", "<|endoftext|>")]
      default: []
      }
    return JSONObject(tokens.map { ($0.0, .string($0.1)) })
  }

  /// The tokens that steer a built-in model: special tokens, and added tokens that its template writes.
  public var controlTokens: [String] {
    switch tokenizer.name {
    case "gemma2": ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    case "llama3": Self.llamaTokens(tokenizer.converter)
    case "qwen3": Self.qwenTokens + ["<tool_response>", "</tool_response>", "<think>", "</think>"]
    case "qwen25": Self.qwenTokens
    default: []
    }
  }

  private static func llamaTokens(_ converter: VocabularyConverter) -> [String] {
    guard case .tiktoken(_, let specialTokens) = converter else { return [] }
    return specialTokens
  }

  private static let qwenTokens = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>", "<tool_call>", "</tool_call>",
  ]
}
