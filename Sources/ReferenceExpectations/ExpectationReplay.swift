public import ChatTemplates
import JSON
public import Tokenizers

/// Repeats what the reference stack did, row by row, and says where the results differ.
public struct ExpectationReplay: ~Copyable {
  private let template: ChatTemplate
  private let tokenizer: Tokenizer
  private var counter: TokenCounter
  private var chat = RenderedChat()

  /// Replays rows with a chat template and a tokenizer.
  public init(template: ChatTemplate, tokenizer: Tokenizer) {
    self.template = template
    self.tokenizer = tokenizer
    counter = tokenizer.makeCounter()
  }

  /// What differs from the reference; nil where everything is identical.
  public mutating func difference(from expected: ReferenceExpectation) -> String? {
    switch expected.input {
    case .text(let text): difference(of: Array(text.utf8), from: expected)
    case .chat(let messages, let addGenerationPrompt):
      difference(of: messages, addGenerationPrompt: addGenerationPrompt, from: expected)
    }
  }

  private mutating func difference(of text: [UInt8], from expected: ReferenceExpectation) -> String? {
    let ids: [TokenID]
    do throws(TokenizerError) { ids = try tokenizer.encode(text.span.bytes) } catch { return "\(error)" }
    guard ids == expected.ids else {
      let reference = expected.ids ?? []
      let position = zip(ids, reference).prefix { $0 == $1 }.count
      return "\(ids.count) ids for \(reference.count), the first difference at \(position)"
    }
    let count = counter.count(text.span.bytes)
    return count == ids.count ? nil : "a count of \(count) for \(ids.count) ids"
  }

  private mutating func difference(
    of messages: [ReferenceExpectation.Message], addGenerationPrompt: Bool, from expected: ReferenceExpectation
  ) -> String? {
    var text: [UInt8] = []
    var list: [ChatMessage] = []
    for message in messages {
      let start = text.count
      text.append(contentsOf: message.content.utf8)
      list.append(ChatMessage(role: ChatRole(message.role), content: start..<text.count))
    }
    var arguments = TemplateArguments()
    arguments.addGenerationPrompt = addGenerationPrompt
    do {
      try template.render(list, of: text.span.bytes, arguments: arguments, into: &chat)
    } catch {
      guard let message = expected.error else { return "the template raises: \(error.message)" }
      return error.message == message ? nil : "the template raises \"\(error.message)\" for \"\(message)\""
    }
    if let message = expected.error { return "the template does not raise \"\(message)\"" }
    guard chat.bytes.elementsEqual((expected.rendered ?? "").utf8) else { return "the rendered text differs" }
    return difference(of: chat.bytes, from: expected) ?? differenceOfKinds(from: expected)
  }

  private mutating func differenceOfKinds(from expected: ReferenceExpectation) -> String? {
    guard let reference = expected.tokensByKind else { return nil }
    let text = chat.bytes
    var counts: [Int] = []
    counter.count(text.span.bytes, borders: chat.borders, into: &counts)
    var kinds: [String: Int] = [:]
    for (span, count) in zip(chat.spans, counts) { kinds[span.kind.name, default: 0] += count }
    let isSame = TokenKind.allCases.allSatisfy { kinds[$0.name, default: 0] == reference[$0.name, default: 0] }
    return isSame ? nil : "tokens by kind differ"
  }
}
