/// The messages of one conversation after the other as a template sees them.
struct PlainMessages: ~Copyable {
  private let shape = DictShape([.text("role"), .text("content")])
  private var dicts: [DictValue] = []
  /// Lists of the first of the dicts, by their number.
  private var lists: [ListValue] = []
  /// What the messages say, as many as ``contentCount``.
  private var memory: UnsafeMutablePointer<PlainContent>
  private var capacity = 16
  private var contentCount = 0
  /// Number of kinds that are not those of messages.
  private let firstKind: Int
  /// Number of inputs of this conversation and before it.
  private var kindCount: Int
  /// The kinds of the inputs, of which the first has the number 1; behind them may be some of an earlier conversation.
  private(set) var kinds: [TokenKind]

  /// Makes messages whose inputs are numbered after others.
  init(after kinds: [TokenKind]) {
    firstKind = kinds.count
    kindCount = firstKind
    self.kinds = kinds
    memory = .allocate(capacity: capacity)
  }

  deinit {
    memory.deinitialize(count: contentCount)
    memory.deallocate()
  }

  /// Takes the messages of a conversation, which lie in a buffer.
  ///
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/malformed`` where a content is not UTF-8.
  mutating func take(
    _ messages: [ChatMessage], of text: UnsafeRawBufferPointer, findsThinking: Bool
  ) throws(TemplateError) {
    if contentCount < messages.count { addContents(messages.count) }
    kindCount = firstKind
    for number in messages.indices {
      let content = text[messages[number].content]
      guard content.count < UInt32.max else { throw .limit("a message has more than 4 GiB") }
      let bytes = UnsafeRawBufferPointer(rebasing: content)
      guard RawBytes.isWellFormed(bytes) else {
        throw TemplateError(.malformed, "message \(number + 1): content is not UTF-8")
      }
      let place = memory + number
      let origin = add(messages[number].role.contentKind)
      if !place.pointee.thinking.isEmpty { place.pointee.thinking.removeAll() }
      guard let base = bytes.baseAddress else {
        place.pointee.text = .empty
        continue
      }
      place.pointee.text = JinjaText(borrowing: base, start: 0, end: UInt32(bytes.count), origin: origin)
      if findsThinking, case .assistant = messages[number].role {
        let ranges = ThinkingRanges.find(in: place.pointee.text)
        guard !ranges.isEmpty else { continue }
        place.pointee.thinking = ranges
        place.pointee.thinkingOrigin = add(.thinking)
      }
    }
  }

  /// What the messages that were taken say, valid until the next are taken.
  var contents: MessageContents { MessageContents(memory: UnsafePointer(memory)) }

  /// The messages that were taken as a template reads them, valid until the next list is made.
  ///
  /// - Parameter recorder: what is to follow the contents; nil where nothing is.
  mutating func makeList(_ messages: [ChatMessage], for recorder: TraceRecorder? = nil) -> ListValue {
    while dicts.count < messages.count {
      dicts.append(DictValue(shape, values: [.text(.empty), .text(.empty)]))
      lists.append(ListValue(dicts.map { .dict($0) }))
    }
    for number in messages.indices {
      let values = dicts[number].memory
      values[0] = .text(JinjaText(messages[number].role))
      if let recorder {
        let trace = TextTrace(recorder, source: TracedSource(message: number))
        values[1] = .text(JinjaText(tracing: memory[number].text.bytes, as: trace))
      } else {
        values[1] = .text(memory[number].marked)
      }
    }
    return lists[messages.count - 1]
  }

  private mutating func addContents(_ count: Int) {
    if count > capacity {
      capacity = max(count, capacity * 2)
      let larger = UnsafeMutablePointer<PlainContent>.allocate(capacity: capacity)
      larger.moveInitialize(from: memory, count: contentCount)
      memory.deallocate()
      memory = larger
    }
    (memory + contentCount).initialize(repeating: PlainContent(), count: count - contentCount)
    contentCount = count
  }

  /// Notes the kind of the next input and gives its number.
  private mutating func add(_ kind: TokenKind) -> TextOrigin {
    if kindCount < kinds.count { kinds[kindCount] = kind } else { kinds.append(kind) }
    kindCount += 1
    return .input(kindCount)
  }
}

/// What one message says.
struct PlainContent {
  /// The whole content, of one origin.
  var text = JinjaText.empty
  /// What of it is thinking, in order, and its origin.
  var thinking: [Range<Int>] = []
  var thinkingOrigin = TextOrigin.template

  /// The content as a template sees it.
  var marked: JinjaText { thinking.isEmpty ? text : ThinkingRanges.mark(thinking, of: text, as: thinkingOrigin) }
}

/// What the messages of a conversation say.
struct MessageContents {
  fileprivate let memory: UnsafePointer<PlainContent>

  /// The whole content of a message, without the origin of its thinking.
  subscript(message: Int) -> JinjaText {
    @inline(__always)
    get { memory[message].text }
  }

  /// Prints a part of a message's content.
  @inline(__always)
  func write(_ part: JinjaText, of message: Int, to output: inout TextOutput) {
    if memory[message].thinking.isEmpty { output.append(part) } else { write(marking: part, of: message, to: &output) }
  }

  private func write(marking part: JinjaText, of message: Int, to output: inout TextOutput) {
    let content = memory[message]
    // Both are offsets in the content.
    var start = Int(part.start)
    let end = Int(part.end)
    for range in content.thinking where range.upperBound > start && range.lowerBound < end {
      if range.lowerBound > start { output.append(content.text.slice(start..<range.lowerBound)) }
      let thinking = max(start, range.lowerBound)..<min(end, range.upperBound)
      output.append(content.text.slice(thinking).with(content.thinkingOrigin))
      start = thinking.upperBound
    }
    if start < end { output.append(content.text.slice(start..<end)) }
  }
}

extension JinjaText {
  /// The name of a role.
  fileprivate init(_ role: ChatRole) {
    switch role {
    case .system: self.init(literal: "system")
    case .user: self.init(literal: "user")
    case .assistant: self.init(literal: "assistant")
    case .tool: self.init(literal: "tool")
    case .other(let name): self.init(name)
    }
  }
}
