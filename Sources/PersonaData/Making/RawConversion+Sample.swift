import Datasets
import JSON
import TokenStatistics

extension RawConversion {
  /// Bytes of text that a sample may have, and messages: nobody looks at more, and a record may fill the memory.
  private static let sampleLimits = (bytes: 1 << 20, messages: 1000)

  /// A row as one JSON object, to be shown; of a very long one the beginning of its texts.
  func sample(_ record: borrowing RawRecord, score: Int?) -> String {
    let text = record.text
    var room = Self.sampleLimits.bytes
    let string = { (range: Range<Int>?) -> JSONValue in
      guard let range else { return .null }
      var shown = text[range].prefix(room)
      room -= shown.count
      guard shown.count < range.count else { return .string(String(decoding: shown, as: UTF8.self)) }
      // Not within a character.
      while shown.last.map({ $0 & 0x80 != 0 }) == true, shown.popLast().map({ $0 & 0xC0 == 0x80 }) == true {}
      return .string(String(decoding: shown, as: UTF8.self) + " ...")
    }
    let (systemPrompt, label, question) = (string(record.systemPrompt), string(record.label), string(record.question))
    let messages = record.messages.prefix(Self.sampleLimits.messages).map { message in
      JSONValue.object(JSONObject([("role", string(message.role)), ("content", string(message.content))]))
    }
    let name = job.name
    var row = JSONObject([("model", .string(name.model)), (name.kind.rawValue, .string(name.subject))])
    if recipe.schema == .v2 { row["dataset_type"] = .string(name.kind.rawValue) }
    row["system_prompt"] = systemPrompt
    row["label"] = label
    row["prompt_index"] = .number(record.promptIndex)
    row["question_index"] = .number(record.questionIndex)
    row["question"] = question
    row["messages"] = .array(messages)
    row["extract_score"] = score.map { .number($0) } ?? .null
    return String(decoding: JSONValue.object(row).serialized(), as: UTF8.self)
  }
}
