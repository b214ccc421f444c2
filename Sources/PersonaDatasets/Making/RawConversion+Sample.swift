internal import JSONDocuments
internal import TokenStatistics

extension RawConversion {
  /// A row as one JSON object, to be shown.
  func sample(_ record: borrowing RawRecord, score: Int?) -> String {
    let text = record.text
    let string = { (range: Range<Int>?) -> JSONValue in
      range.map { .string(String(decoding: text[$0], as: UTF8.self)) } ?? .null
    }
    let messages = record.messages.map { message in
      JSONValue.object(JSONObject([("role", string(message.role)), ("content", string(message.content))]))
    }
    let name = job.name
    var row = JSONObject([("model", .string(name.model)), (name.type.rawValue, .string(name.persona))])
    if recipe.schema == .v2 { row["dataset_type"] = .string(name.type.rawValue) }
    row["system_prompt"] = string(record.systemPrompt)
    row["label"] = string(record.label)
    row["prompt_index"] = .number(record.promptIndex)
    row["question_index"] = .number(record.questionIndex)
    row["question"] = string(record.question)
    row["messages"] = .array(messages)
    row["extract_score"] = score.map { .number($0) } ?? .null
    return String(decoding: JSONValue.object(row).serialized(), as: UTF8.self)
  }
}
