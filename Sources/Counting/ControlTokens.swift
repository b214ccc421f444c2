import ChatTemplates
import JSON
public import Tokenizers

/// The tokens that steer a model, and where the texts of conversations hold them as text.
///
/// They are those that transformers' `sanitize_control_tokens` means: special tokens, and added tokens that the chat
/// template itself writes, white space excepted.
public struct ControlTokens: Sendable {
  private let finder: ControlTokenFinder

  /// The tokens' texts, in no order that matters.
  public var texts: [String] { finder.texts }

  /// Makes tokens of their texts.
  public init(_ texts: [String]) { finder = ControlTokenFinder(texts) }

  /// The control tokens of a tokenizer with a template.
  ///
  /// - Parameters:
  ///   - added: the tokenizer's added tokens.
  ///   - literalTexts: what the template writes itself.
  ///   - listed: the tokens that `chat_control_tokens` of the configuration lists in place of those that the template
  ///     writes; nil where there is no such list.
  public init(_ added: [AddedToken], literalTexts: [String], listed: [String]? = nil) {
    let literals = literalTexts.map { Array($0.utf8) }
    var seen: Set<[UInt8]> = []
    var texts: [String] = []
    for token in added where seen.insert(token.content).inserted {
      let text = String(decoding: token.content, as: UTF8.self)
      let isWritten = { literals.contains { Self.holds($0, token.content) } }
      let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      let steers = listed.map { $0.contains { Array($0.utf8) == token.content } } ?? (!isBlank && isWritten())
      if token.special || steers { texts.append(text) }
    }
    self.init(texts)
  }

  /// Adds how often each token stands in a text, by position in ``texts``.
  ///
  /// - Complexity: O(bytes of the text), as fast as memory where all tokens begin with one byte.
  func count(in text: RawSpan, into counts: inout [Int: Int]) {
    text.withUnsafeBytes { text in
      var place = 0
      while let found = finder.next(in: text, from: place) {
        counts[found.index, default: 0] += 1
        place = found.range.upperBound
      }
    }
  }

  /// Adds how often each token stands in the texts of a value, names of members included: templates print them too.
  func count(in value: JSONValue, into counts: inout [Int: Int]) {
    switch value {
    case .string(let text): count(in: text.utf8Span.span.bytes, into: &counts)
    case .array(let elements): for element in elements { count(in: element, into: &counts) }
    case .object(let object):
      for member in object.members {
        count(in: member.key.utf8Span.span.bytes, into: &counts)
        count(in: member.value, into: &counts)
      }
    case .null, .bool, .integer, .bigInteger, .double: return
    }
  }

  /// How often each token stands in the messages and arguments of a row; nearly always none does.
  func found(in messages: [ChatMessage], of text: RawSpan, arguments: JSONObject) -> [ControlTokenCount] {
    if texts.isEmpty { return [] }
    var counts: [Int: Int] = [:]
    for message in messages {
      if let object = message.extras?.object {
        count(in: .object(object), into: &counts)
        continue
      }
      // The usual roles hold none.
      if case .other(let name) = message.role { count(in: name.utf8Span.span.bytes, into: &counts) }
      count(in: text.extracting(message.content), into: &counts)
      guard let extras = message.extras else { continue }
      if case .value(let value) = extras.content { count(in: value, into: &counts) }
      for value in [extras.reasoning, extras.toolCalls] { if let value { count(in: value, into: &counts) } }
    }
    if !arguments.isEmpty { count(in: .object(arguments), into: &counts) }
    if counts.isEmpty { return [] }
    return counts.sorted { $0.key < $1.key }.map { ControlTokenCount(text: texts[$0.key], count: $0.value) }
  }

  /// Whether bytes stand in others one after another.
  private static func holds(_ bytes: [UInt8], _ other: [UInt8]) -> Bool {
    guard let first = other.first, bytes.count >= other.count else { return false }
    return bytes.indices.dropLast(other.count - 1).contains { place in
      bytes[place] == first && bytes[place..<place + other.count].elementsEqual(other)
    }
  }
}
