import ChatTemplates
import Glibc
import JSON
public import Tokenizers

/// The tokens that steer a model, and where the texts of conversations hold them as text.
///
/// They are those that transformers' `sanitize_control_tokens` means: special tokens, and added tokens that the chat
/// template itself writes, white space excepted.
public struct ControlTokens: Sendable {
  /// The tokens' texts, in no order that matters.
  public let texts: [String]
  /// The tokens that begin with a byte, longest first; by the byte.
  private let byFirstByte: [[(index: Int, bytes: [UInt8])]]
  /// The only byte that any token begins with; nil where there are several.
  private let onlyFirstByte: UInt8?

  /// Makes tokens of their texts.
  public init(_ texts: [String]) {
    self.texts = texts.filter { !$0.isEmpty }
    var byFirstByte = [[(index: Int, bytes: [UInt8])]](repeating: [], count: 256)
    for (index, text) in self.texts.enumerated() {
      let bytes = Array(text.utf8)
      byFirstByte[Int(bytes[0])].append((index, bytes))
    }
    for byte in byFirstByte.indices { byFirstByte[byte].sort { $0.bytes.count > $1.bytes.count } }
    self.byFirstByte = byFirstByte
    let used = byFirstByte.indices.filter { !byFirstByte[$0].isEmpty }
    onlyFirstByte = used.count == 1 ? UInt8(used[0]) : nil
  }

  /// The control tokens of a tokenizer with a template.
  public init(_ added: [AddedToken], literalTexts: [String]) {
    let literals = literalTexts.map { Array($0.utf8) }
    var seen: Set<[UInt8]> = []
    var texts: [String] = []
    for token in added where seen.insert(token.content).inserted {
      let text = String(decoding: token.content, as: UTF8.self)
      let isWritten = { literals.contains { Self.holds($0, token.content) } }
      let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      if token.special || !isBlank && isWritten() { texts.append(text) }
    }
    self.init(texts)
  }

  /// Adds how often each token stands in a text, by position in ``texts``.
  ///
  /// - Complexity: O(bytes of the text), as fast as memory where all tokens begin with one byte.
  func count(in text: RawSpan, into counts: inout [Int: Int]) {
    guard !texts.isEmpty else { return }
    text.withUnsafeBytes { text in
      guard let base = text.baseAddress else { return }
      var place = 0
      while place < text.count {
        if let onlyFirstByte {
          guard let found = memchr(base + place, Int32(onlyFirstByte), text.count - place) else { return }
          place = UnsafeRawPointer(found) - base
        }
        let candidates = byFirstByte[Int(text[place])]
        let match = candidates.first { token in
          token.bytes.count <= text.count - place
            && token.bytes.withUnsafeBytes { bytes in
              bytes.baseAddress.map { memcmp($0, base + place, bytes.count) == 0 } ?? false
            }
        }
        guard let match else {
          place += 1
          continue
        }
        counts[match.index, default: 0] += 1
        place += match.bytes.count
      }
    }
  }

  /// Adds how often each token stands in the texts of a value; names of members are none.
  func count(in value: JSONValue, into counts: inout [Int: Int]) {
    switch value {
    case .string(let text): count(in: text.utf8Span.span.bytes, into: &counts)
    case .array(let elements): for element in elements { count(in: element, into: &counts) }
    case .object(let object): for member in object.members { count(in: member.value, into: &counts) }
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
      } else {
        count(in: text.extracting(message.content), into: &counts)
      }
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
