import JSON

extension ScoreFilters {
  var json: JSONValue {
    var object = JSONObject()
    if let minimumScore { object["min_score"] = .number(minimumScore) }
    if let maximumScore { object["max_score"] = .number(maximumScore) }
    if let label { object["label"] = .string(label) }
    return .object(object)
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(
      minimumScore: try fields.optionalInteger("min_score"), maximumScore: try fields.optionalInteger("max_score"),
      label: try fields.optionalText("label"))
  }
}

extension DatasetIdentity {
  /// Reads the names of an entry; an original entry has no `persona`, which then is all of `name`.
  init(dataset: String, _ fields: FieldReader) throws(FieldError) {
    let name = try fields.text("name")
    self.init(
      dataset: dataset, model: try fields.text("model"), type: try fields.choice("type"), name: name,
      persona: try fields.optionalText("persona") ?? name,
      filters: try fields.optionalObject("filters").map { (fields) throws(FieldError) in try ScoreFilters(fields) }
        ?? ScoreFilters())
  }
}

extension SourceRecord {
  var json: JSONValue {
    .fields([
      ("path", .string(path)), ("format", .string(format)), ("rows", .number(rows)), ("bytes", .number(bytes)),
      ("sha256", .string(sha256)),
    ])
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(
      path: try fields.text("path"), format: try fields.text("format"), rows: try fields.count("rows"),
      bytes: try fields.count("bytes"), sha256: try fields.text("sha256"))
  }
}

extension RoleTokens {
  var json: JSONValue { .fields(Self.kinds) { ($0.key, .number(self[keyPath: $0.tokens])) } }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init()
    for kind in Self.kinds { self[keyPath: kind.tokens] = try fields.count(kind.key) }
  }
}
