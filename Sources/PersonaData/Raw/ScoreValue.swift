import Datasets
import JSON

/// What a file of scores has for a name.
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
