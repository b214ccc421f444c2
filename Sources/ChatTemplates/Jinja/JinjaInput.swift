public import JSON

/// The arguments of a template, with the origin of their texts.
///
/// One value belongs to one thread; it can be rendered by several templates.
public struct JinjaInput {
  /// A member of a message, or all tools or documents: what texts are traced back to.
  private struct Member {
    let message: Int?
    let name: String
    let kind: TokenKind
    /// Bytes of text in the member.
    var byteCount = 0
    /// The number of the member that this one is a part of: thinking within a content.
    let parent: Int?
  }

  private var variables: [(name: String, value: JinjaValue)] = []
  /// The bytes of all texts.
  private let arena: TextStorage
  /// The keys of the last message, which the next one often has too.
  private var lastShape: (names: [String], shape: DictShape)?
  private var members: [Member] = []
  /// Whether private characters stand for halves of surrogate pairs.
  private let readsStandIns: Bool

  /// Makes the input of `render`: arguments by name.
  ///
  /// `messages` is a list of messages, whose members are traced; texts of `tools` are of kind tool, those of
  /// `documents` of kind other, everything else is overhead.
  ///
  /// - Parameters:
  ///   - variables: the arguments; of two with one name the later counts.
  ///   - findsThinking: whether `<think>...</think>` in the content of an assistant is thinking.
  ///   - readsStandIns: whether the texts were read with `JSONScanner.LoneSurrogates.standIns`, so that the template sees
  ///     halves of surrogate pairs as Python would.
  public init(variables: JSONObject, findsThinking: Bool = true, readsStandIns: Bool = false) {
    self.readsStandIns = readsStandIns
    arena = TextStorage(capacity: variables.members.reduce(0) { $0 + Self.byteCount($1.value) })
    for member in variables.members { set(member, findsThinking: findsThinking) }
  }

  private mutating func set(_ member: JSONObject.Member, findsThinking: Bool) {
    let value: JinjaValue
    switch (member.key, member.value) {
    case ("messages", .array(let elements)):
      value = .list(elements.enumerated().map { message($1, number: $0, findsThinking: findsThinking) })
    case ("tools", _): value = self.value(member.value, origin: add(nil, "tools", .tool))
    case ("documents", _): value = self.value(member.value, origin: add(nil, "documents", .other))
    default: value = self.value(member.value, origin: .template)
    }
    variables.append((member.key, value))
  }

  /// The value of an argument; nil where it is not given.
  func value(_ name: String) -> JinjaValue? {
    for variable in variables.reversed() where variable.name.hasSameBytes(as: name) { return variable.value }
    return nil
  }

  /// The kinds of the inputs, of which the first has the number 1.
  var kinds: [TokenKind] { members.map(\.kind) }

  /// How much of each member a text holds.
  func coverage(of output: borrowing TextOutput) -> [RenderedMember] {
    var ranges: [[Range<Int>]] = Array(repeating: [], count: members.count)
    var rewritten = Array(repeating: false, count: members.count)
    var start = 0
    for run in output.runs {
      let length = Int(run.end) - start
      start = Int(run.end)
      guard run.origin.number > 0, run.origin.number <= members.count else { continue }
      let index = run.origin.number - 1
      let owner = members[index].parent ?? index
      if run.origin.isRewritten {
        rewritten[owner] = true
      } else {
        ranges[owner].append(Int(run.position)..<Int(run.position) + length)
      }
    }
    return members.indices.filter { members[$0].parent == nil && members[$0].byteCount > 0 }.map { index in
      let member = members[index]
      return RenderedMember(
        message: member.message, name: member.name, byteCount: member.byteCount,
        renderedByteCount: Self.unionCount(ranges[index]), isRewritten: rewritten[index])
    }
  }

  private static func unionCount(_ ranges: [Range<Int>]) -> Int {
    var total = 0
    var end = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound > end {
      total += range.upperBound - max(end, range.lowerBound)
      end = range.upperBound
    }
    return total
  }

  // MARK: - Conversion

  private mutating func add(_ message: Int?, _ name: String, _ kind: TokenKind, parent: Int? = nil) -> TextOrigin {
    members.append(Member(message: message, name: name, kind: kind, parent: parent))
    return .input(members.count)
  }

  private mutating func message(_ value: JSONValue, number: Int, findsThinking: Bool) -> JinjaValue {
    guard case .object(let object) = value else { return self.value(value, origin: .template) }
    let role = object["role"]?.stringValue.map { ChatRole($0) }
    let roleKind = role?.contentKind ?? .other
    let isAssistant = role == .assistant
    var values: [JinjaValue] = []
    values.reserveCapacity(object.count)
    for member in object.members {
      switch member.key {
      case "role": values.append(self.value(member.value, origin: .template))
      case "reasoning_content", "thinking", "reasoning":
        values.append(
          self.value(member.value, origin: add(number, member.key, isAssistant ? .thinking : roleKind)))
      case "content":
        let origin = add(number, member.key, roleKind)
        values.append(
          isAssistant && findsThinking
            ? content(member.value, origin: origin) : self.value(member.value, origin: origin))
      default: values.append(self.value(member.value, origin: add(number, member.key, roleKind)))
      }
    }
    return .dict(DictValue(shape(of: object), values: values))
  }

  private mutating func shape(of object: JSONObject) -> DictShape {
    let members = object.members
    if let (names, shape) = lastShape, names.count == members.count,
      zip(names, members).allSatisfy({ $0.hasSameBytes(as: $1.key) })
    {
      return shape
    }
    let shape = DictShape(
      members.map { .text(readsStandIns ? JinjaText(JinjaText.resolvingStandIns($0.key)) : JinjaText($0.key)) })
    lastShape = (members.map(\.key), shape)
    return shape
  }

  /// Bytes of the texts in a value.
  private static func byteCount(_ value: JSONValue) -> Int {
    switch value {
    case .string(let string): string.utf8.count
    case .array(let elements): elements.reduce(0) { $0 + byteCount($1) }
    case .object(let object): object.members.reduce(0) { $0 + $1.key.utf8.count + byteCount($1.value) }
    default: 0
    }
  }

  private func text(_ string: String, origin: TextOrigin) -> JinjaText {
    let start = readsStandIns ? arena.append(JinjaText.resolvingStandIns(string)) : arena.append(string)
    return arena.text(from: start, origin: origin)
  }

  /// The content of an assistant, in which what is between think tags is thinking.
  private mutating func content(_ value: JSONValue, origin: TextOrigin) -> JinjaValue {
    guard case .array(let parts) = value else { return answer(value, origin: origin) }
    var values: [JinjaValue] = []
    values.reserveCapacity(parts.count)
    for part in parts {
      guard case .object(let object) = part, case .string? = object["text"] else {
        values.append(answer(part, origin: origin))
        continue
      }
      var members: [JinjaValue] = []
      for member in object.members {
        members.append(
          member.key == "text" ? answer(member.value, origin: origin) : self.value(member.value, origin: origin))
      }
      let keys = object.members.map { self.value(.string($0.key), origin: origin) }
      values.append(.dict(DictValue(uniqueKeys: keys, values: members, origin: origin)))
    }
    return .list(ListValue(values, origin: origin))
  }

  /// A text of an assistant, in which what is between think tags is thinking; any other value as it is.
  private mutating func answer(_ value: JSONValue, origin: TextOrigin) -> JinjaValue {
    guard case .string(let string) = value else { return self.value(value, origin: origin) }
    let text = text(string, origin: origin)
    members[origin.number - 1].byteCount += text.count
    return .text(markingThinking(text))
  }

  /// The content of an assistant with the origin of its thinking.
  private mutating func markingThinking(_ text: JinjaText) -> JinjaText {
    let ranges = ThinkingRanges.find(in: text)
    guard !ranges.isEmpty else { return text }
    let owner = text.origin.number - 1
    let thinking = add(members[owner].message, members[owner].name, .thinking, parent: owner)
    return ThinkingRanges.mark(ranges, of: text, as: thinking)
  }

  private static func bigInteger(_ digits: String) -> JinjaValue {
    let isNegative = digits.utf8.first == UInt8(ascii: "-")
    guard let magnitude = BigInteger(digits: digits.utf8.dropFirst(isNegative ? 1 : 0), radix: 10) else { return .none }
    return .integer(isNegative ? magnitude.negated : magnitude)
  }

  /// A JSON value as the template sees it.
  private mutating func value(_ value: JSONValue, origin: TextOrigin) -> JinjaValue {
    switch value {
    case .null: return .none
    case .bool(let flag): return .flag(flag, origin.rewritten)
    case .integer(let number): return .whole(Int(number), origin.rewritten)
    case .bigInteger(let digits): return Self.bigInteger(digits)
    case .double(let number): return .real(number, origin.rewritten)
    case .string(let string):
      if origin != .template { members[origin.number - 1].byteCount += string.utf8.count }
      return .text(text(string, origin: origin))
    case .array(let elements):
      var values: [JinjaValue] = []
      values.reserveCapacity(elements.count)
      for element in elements { values.append(self.value(element, origin: origin)) }
      return .list(ListValue(values, origin: origin))
    case .object(let object):
      var keys: [JinjaValue] = []
      var values: [JinjaValue] = []
      for member in object.members {
        keys.append(self.value(.string(member.key), origin: origin))
        values.append(self.value(member.value, origin: origin))
      }
      return .dict(DictValue(uniqueKeys: keys, values: values, origin: origin))
    }
  }
}

extension String {
  /// Whether both have the same bytes; `==` compares by canonical equivalence.
  fileprivate func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    var (left, right) = (self, other)
    return left.withUTF8 { left in
      right.withUTF8 { right in RawBytes.areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right)) }
    }
  }
}

extension JinjaText {
  /// The bytes of a text with halves of surrogate pairs in place of the characters that stand for them: their four bytes
  /// F4 8F A0 80 to F4 8F BF BF become ED A0 80 to ED BF BF.
  static func resolvingStandIns(_ string: String) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in string.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if bytes.count == 4, bytes[0] == 0xF4, bytes[1] == 0x8F, bytes[2] >= 0xA0 {
        result.append(0xED)
        result.append(contentsOf: bytes[2...])
      } else {
        result.append(contentsOf: bytes)
      }
    }
    return result
  }
}
