import JSON
import Support

/// The name of a record in the file of scores: `{label}_p{prompt_index}_q{question_index}`.
struct ScoreName: Equatable {
  /// Number of bytes of the label, with which the name begins.
  let labelLength: Int
  let promptIndex: Int
  let questionIndex: Int

  /// Reads a name in UTF-8; nil if no record can have it. The label may hold underscores.
  init?(_ text: RawSpan) {
    var end = text.byteCount
    guard let question = Self.number(after: "_q", at: &end, of: text),
      let prompt = Self.number(after: "_p", at: &end, of: text)
    else { return nil }
    (labelLength, promptIndex, questionIndex) = (end, prompt, question)
  }

  /// Takes a number, written as Python and Swift write it, and the mark before it from the end.
  private static func number(after mark: StaticString, at end: inout Int, of text: RawSpan) -> Int? {
    let digitsEnd = end
    // Collected as a negative number, of which there is one more.
    var (value, scale, overflows) = (0, 1, false)
    while end > 0, case let digit = byte(end - 1, of: text) &- UInt8(ascii: "0"), digit < 10 {
      let (product, isLarge) = scale.multipliedReportingOverflow(by: Int(digit))
      let (sum, isLarger) = value.subtractingReportingOverflow(product)
      overflows = overflows || isLarge || isLarger || digitsEnd - end > 18
      value = sum
      scale &*= 10
      end -= 1
    }
    let digits = digitsEnd - end
    guard digits > 0, !overflows, digits == 1 || byte(end, of: text) != UInt8(ascii: "0") else { return nil }
    let isNegative = end > 0 && byte(end - 1, of: text) == UInt8(ascii: "-")
    if isNegative { end -= 1 }
    guard isNegative ? value < 0 : value > .min, takeMark(mark, at: &end, of: text) else { return nil }
    return isNegative ? value : -value
  }

  private static func takeMark(_ mark: StaticString, at end: inout Int, of text: RawSpan) -> Bool {
    end -= mark.utf8CodeUnitCount
    guard end >= 0 else { return false }
    for offset in 0..<mark.utf8CodeUnitCount where byte(end + offset, of: text) != mark.utf8Start[offset] {
      return false
    }
    return true
  }

  /// - Precondition: `offset` lies within the text.
  private static func byte(_ offset: Int, of text: RawSpan) -> UInt8 {
    text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}

/// What a file of scores holds for a name.
enum ScoreValue: Equatable {
  case number(Int)
  case null
  /// The text `"REFUSAL"`.
  case refusal
  /// Anything else, as JSON.
  case unreadable(String)

  init(_ value: JSONValue) {
    switch value {
    case .integer(let number): self = .number(Int(number))
    case .double(let number): self = Int(exactly: number).map { .number($0) } ?? Self.unreadable(value)
    case .string(let text):
      self = Int(text).map { .number($0) } ?? (text == "REFUSAL" ? .refusal : Self.unreadable(value))
    case .null: self = .null
    default: self = Self.unreadable(value)
    }
  }

  private static func unreadable(_ value: JSONValue) -> ScoreValue {
    .unreadable(String(decoding: value.serialized(), as: UTF8.self))
  }

  var kind: RecordEntry.Kind {
    switch self {
    case .number: .number
    case .null: .null
    case .refusal: .refusal
    case .unreadable: .unreadable
    }
  }
}

/// Reads the text of a file of scores, a JSON object, member by member.
struct ScoreReader: ~Escapable {
  private var scanner: JSONScanner
  /// The name of the member that was read last, in UTF-8.
  private(set) var name: [UInt8] = []

  /// Begins to read.
  ///
  /// - Throws: `FileError` if the text does not begin with an object.
  @_lifetime(copy text)
  init(_ text: RawSpan) throws(FileError) {
    scanner = JSONScanner(text)
    try scanner.beginObject()
  }

  /// Reads the next member; nil after the last.
  ///
  /// - Throws: `FileError` if the text is no JSON object.
  mutating func next() throws(FileError) -> ScoreValue? {
    guard let key = try scanner.nextKey() else {
      try scanner.finish()
      return nil
    }
    name.removeAll(keepingCapacity: true)
    scanner.append(key, to: &name)
    return ScoreValue(try scanner.value())
  }
}
