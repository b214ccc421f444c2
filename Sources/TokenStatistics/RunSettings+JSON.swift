import JSON

extension RunSettings {
  /// The settings of one model's entries.
  func json(model: String) -> JSONValue {
    .fields([
      ("count_mode", .string(countMode.rawValue)), ("limits", .numbers(limits)),
      ("tokenizer", tokenizers[model]?.json ?? .null),
    ])
  }

  /// Reads the metadata of a document; nil where it holds no settings.
  init?(optional fields: FieldReader) throws(FieldError) {
    guard fields.value("count_mode") != nil else { return nil }
    var tokenizers: [String: TokenizerRecord] = [:]
    for (model, record) in try fields.optionalObject("tokenizers")?.objects() ?? [] {
      tokenizers[model] = try TokenizerRecord(record)
    }
    self.init(
      toolVersion: try fields.optionalObject("tool")?.optionalText("version") ?? "unknown",
      countMode: try fields.choice("count_mode"), limits: try fields.integers("limits"), tokenizers: tokenizers)
  }

  /// The settings of `run` that would make its numbers incomparable with those counted under these settings.
  public func conflicts(with run: RunSettings) -> [SettingConflict] {
    var conflicts: [SettingConflict] = []
    func compare(_ setting: String, _ stored: String, _ requested: String) {
      guard stored != requested else { return }
      conflicts.append(SettingConflict(setting: setting, stored: stored, requested: requested))
    }
    compare("count_mode", countMode.rawValue, run.countMode.rawValue)
    compare("limits", Self.list(limits), Self.list(run.limits))
    for (model, record) in run.tokenizers.sortedByKey() {
      guard let known = tokenizers[model] else { continue }
      compare("tokenizers.\(model).tokenizer_sha256", known.tokenizerSHA256, record.tokenizerSHA256)
      compare("tokenizers.\(model).template_sha256", known.templateSHA256, record.templateSHA256)
      compare(
        "tokenizers.\(model).template_kwargs", Self.list(known.templateArguments), Self.list(record.templateArguments))
    }
    return conflicts
  }

  private static func list(_ numbers: [Int]) -> String { "[" + numbers.map(String.init).joined(separator: ", ") + "]" }

  private static func list(_ arguments: [String: String]) -> String {
    "{" + arguments.sortedByKey().map { "\($0.key)=\($0.value)" }.joined(separator: ", ") + "}"
  }
}
