internal import TokenStatistics

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

  /// Reads a key of the file of scores, in UTF-8; nil where it has another form. The label may hold underscores.
  init?(utf8 text: ArraySlice<UInt8>) {
    var rest = text
    guard let question = Self.number(behind: "_q", from: &rest), let prompt = Self.number(behind: "_p", from: &rest)
    else { return nil }
    self.init(label: String(decoding: rest, as: UTF8.self), promptIndex: prompt, questionIndex: question)
  }

  /// Keys are the same where their bytes are, as in Python; Swift's own comparison of texts takes canonical forms for one.
  static func == (left: RecordKey, right: RecordKey) -> Bool {
    left.promptIndex == right.promptIndex && left.questionIndex == right.questionIndex
      && left.label.hasSameBytes(as: right.label)
  }

  /// Numbers tell nearly all keys apart: hashing labels would take longer than comparing the few that share them.
  func hash(into hasher: inout Hasher) {
    hasher.combine(promptIndex << 32 ^ questionIndex ^ Int(label.utf8.first ?? 0) << 56)
  }

  var description: String { "\(label)_p\(promptIndex)_q\(questionIndex)" }

  /// Takes a number and the mark before it from the end.
  private static func number(behind mark: StaticString, from text: inout ArraySlice<UInt8>) -> Int? {
    var (value, scale, digits) = (0, 1, 0)
    while let byte = text.last, case let digit = byte &- UInt8(ascii: "0"), digit < 10 {
      // 18 digits fit; no index has more.
      guard digits < 18 else { return nil }
      value += Int(digit) * scale
      scale *= 10
      digits += 1
      text.removeLast()
    }
    let found = mark.withUTF8Buffer { mark in
      guard digits > 0, text.suffix(mark.count).elementsEqual(mark) else { return false }
      text.removeLast(mark.count)
      return true
    }
    return found ? value : nil
  }
}
