/// What identifies a record of a persona: `{label}_p{prompt_index}_q{question_index}` in the file of scores.
struct RecordKey: Hashable, Sendable, CustomStringConvertible {
  let label: String
  let promptIndex: Int
  let questionIndex: Int

  init(label: String, promptIndex: Int, questionIndex: Int) {
    self.label = label
    self.promptIndex = promptIndex
    self.questionIndex = questionIndex
  }

  /// Reads a key of the file of scores; nil where it has another form. The label may hold underscores.
  init?(_ text: String) {
    guard let question = Self.number(behind: "_q", in: text[...]),
      let prompt = Self.number(behind: "_p", in: question.rest)
    else { return nil }
    self.init(label: String(prompt.rest), promptIndex: prompt.value, questionIndex: question.value)
  }

  var description: String { "\(label)_p\(promptIndex)_q\(questionIndex)" }

  private static func number(behind mark: String, in text: Substring) -> (value: Int, rest: Substring)? {
    let digits = text.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    let start = text.utf8.index(text.endIndex, offsetBy: -digits)
    guard let value = Int(text[start...]), text[..<start].hasSuffix(mark) else { return nil }
    return (value, text[..<start].dropLast(mark.count))
  }
}
