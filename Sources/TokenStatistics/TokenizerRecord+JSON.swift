public import JSON

extension TokenizerRecord {
  /// The record as the statistics file holds it.
  public var json: JSONValue {
    .fields([
      ("hub_id", .string(hubID)), ("revision", .string(revision)), ("tokenizer_sha256", .string(tokenizerSHA256)),
      ("template_sha256", .string(templateSHA256)),
      ("template_kwargs", .fields(templateArguments.sortedByKey()) { ($0.key, .string($0.value)) }),
      ("bos_policy", .string(bosPolicy)),
    ])
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(
      hubID: try fields.text("hub_id"), revision: try fields.text("revision"),
      tokenizerSHA256: try fields.text("tokenizer_sha256"), templateSHA256: try fields.text("template_sha256"),
      templateArguments: try fields.object("template_kwargs").texts(), bosPolicy: try fields.text("bos_policy"))
  }
}
