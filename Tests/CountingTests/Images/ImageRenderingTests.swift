import ChatTemplates
import JSON
import Testing

@testable import Counting

/// Images in rendered conversations.
struct ImageRenderingTests {
  private static let template =
    "{% for m in messages %}<{{ m.role }}>{% if m.content is string %}{{ m.content }}{% else %}"
    + "{% for p in m.content %}{% if p.type == 'image' %}[IMG]{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}"
    + "{% if m.role == 'assistant' %}{% generation %}!{% endgeneration %}{% endif %}</s>{% endfor %}"

  private static func rendered(
    _ messages: [ChatMessage], text: String, _ rule: ImageTokens?
  ) throws -> (chat: RenderedChat, generations: [Range<Int>]) {
    var settings = ChatRenderer.Settings()
    settings.images = rule
    let renderer = try ChatRenderer(
      [NamedChatTemplate(name: nil, text: template, sha256: "")], settings: settings)
    var chat = RenderedChat()
    let bytes = Array(text.utf8)
    let generations = try renderer.render(messages, of: bytes.span.bytes, into: &chat)
    return (chat, generations)
  }

  private static func question(_ text: Range<Int>, _ media: ChatMedia...) -> ChatMessage {
    var message = ChatMessage(role: .user, content: text)
    message.media = media
    return message
  }

  private static let square = ImageSize(width: 28, height: 28).map(ChatMedia.image) ?? .unread(.unnamed)

  @Test("tokens are written where the processor writes them, and what is behind them moves")
  func written() throws {
    let rule = ImageTokens(.fixed(3), placeholder: "[IMG]", token: "#", prefix: "(", suffix: ")")
    let messages = [
      Self.question(0..<7, Self.square), ChatMessage(role: .assistant, content: 7..<8),
      Self.question(8..<15, Self.square), ChatMessage(role: .assistant, content: 7..<8),
    ]
    let (chat, generations) = try Self.rendered(messages, text: "[IMG]aaxbb[IMG]", rule)
    #expect(chat.text == "<user>(###)aa</s><assistant>x!</s><user>bb(###)</s><assistant>x!</s>")
    #expect(generations.map { String(decoding: chat.bytes[$0], as: UTF8.self) } == ["!", "!"])
    #expect(chat.spans.last?.end == chat.bytes.count)
    #expect(chat.borders == chat.spans.dropLast().map(\.end))
    #expect((chat.media.parts, chat.media.counted, chat.media.tokens) == (2, 2, 6))
    #expect(chat.media.faults.isEmpty)
  }

  @Test("what the processor of Gemma 3 writes for an image that it cuts up")
  func cutOuts() throws {
    let whole = ImageTokens(
      .gemma(GemmaImages(whole: 2)), placeholder: "[IMG]", token: "#", prefix: "(", suffix: ")")
    let long = try #require(ImageSize(width: 900, height: 300))
    let messages = [Self.question(0..<7, .image(long)), ChatMessage(role: .assistant, content: 7..<8)]
    #expect(try Self.rendered(messages, text: "[IMG]aax", whole).chat.text == "<user>(##)aa</s><assistant>x!</s>")
    let (chat, _) = try Self.rendered(messages, text: "[IMG]aax", whole.cuttingUp)
    #expect(
      chat.text == "<user>Here is the original image (##) and here are some crops to help you see better (##) (##) (##)"
        + "aa</s><assistant>x!</s>")
    #expect((chat.media.counted, chat.media.tokens) == (1, 8))
  }

  @Test("joined contents have what the model writes for an image in its place, and nothing for a sound")
  func joined() throws {
    let parts: [JSONValue] = [
      ["type": "image", "image": "a.png"], ["type": "text", "text": "one "], ["type": "audio", "audio": "b.wav"],
      ["type": "image_url", "image_url": "c.png"], ["text": "two"],
    ].map { part in .object(JSONObject(part.sorted { $0.key > $1.key }.map { ($0.key, .string($0.value)) })) }
    var question = ChatMessage(role: .user, content: 0..<0, extras: ChatMessageExtras(content: .value(.array(parts))))
    question.media = [Self.square, .placeless(.noImage), Self.square]
    var settings = ChatRenderer.Settings()
    settings.joinsParts = true
    func text(_ rule: ImageTokens?, _ message: ChatMessage) throws -> RenderedChat {
      settings.images = rule
      let template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}"
      let renderer = try ChatRenderer(
        [NamedChatTemplate(name: nil, text: template, sha256: "")], settings: settings)
      var chat = RenderedChat()
      try renderer.render([message], of: RawSpan(), into: &chat)
      return chat
    }
    let rule = ImageTokens(.fixed(2), placeholder: "[IMG]", mark: "<[IMG]>", token: "#")
    let chat = try text(rule, question)
    #expect(chat.text == "<user><##>one <##>two</s>")
    #expect((chat.media.parts, chat.media.counted, chat.media.tokens) == (3, 2, 4))
    // Without a processor an image leaves no place, and each is named as not counted.
    let plain = try text(nil, question)
    #expect(plain.text == "<user>one two</s>" && plain.media.faults == [.noProcessor: 2, .noImage: 1])
    let number = ChatMessageExtras(content: .value(.array([.integer(1)])))
    question = ChatMessage(role: .user, content: 0..<0, extras: number)
    #expect(try text(rule, question).text == "<user>[1]</s>")
  }

  @Test("with another number of places nothing is written, and that is said")
  func places() throws {
    let rule = ImageTokens(.fixed(3), placeholder: "[IMG]")
    let (chat, _) = try Self.rendered([Self.question(0..<2, Self.square)], text: "aa", rule)
    #expect(chat.text == "<user>aa</s>")
    #expect(chat.media.faults == [.noPlace: 1])
    let (other, _) = try Self.rendered([Self.question(0..<10, Self.square)], text: "[IMG][IMG]", rule)
    #expect(other.text == "<user>[IMG][IMG]</s>")
    #expect(other.media.faults == [.noPlace: 1])
  }

  @Test("an image that cannot be read keeps its place, and the others have their tokens")
  func unread() throws {
    let patches = try #require(QwenPatches(patch: 14, merge: 2, smallest: 1, largest: 1 << 20))
    let rule = ImageTokens(.patches(patches), placeholder: "[IMG]")
    let message = Self.question(0..<11, .unread(.missing), Self.square)
    let (chat, _) = try Self.rendered([message], text: "[IMG]?[IMG]", rule)
    #expect(chat.text == "<user>[IMG]?[IMG]</s>")
    #expect((chat.media.counted, chat.media.tokens) == (1, 1))
    #expect(chat.media.faults == [.missing: 1])
  }

  @Test("what small files claim together has an end")
  func claims() throws {
    let patches = try #require(QwenPatches(patch: 1, merge: 1, smallest: 1, largest: 1 << 40))
    let rule = ImageTokens(.patches(patches), placeholder: "[IMG]")
    let huge = try #require(ImageSize(width: 13_000, height: 13_000)).turned
    let (chat, _) = try Self.rendered([Self.question(0..<5, .image(huge))], text: "[IMG]", rule)
    #expect(chat.media.faults == [.tooMany: 1])
    #expect(chat.text == "<user>[IMG]</s>")
  }

  @Test("a number that the user gives is added for images, sounds and films alike")
  func each() throws {
    let (chat, _) = try Self.rendered(
      [Self.question(0..<2, Self.square, .placeless(.noImage))], text: "aa", ImageTokens(.each(50)))
    #expect(chat.media.addedTokens == 100)
    #expect((chat.media.parts, chat.media.counted, chat.media.tokens) == (2, 2, 100))
    #expect(chat.text == "<user>aa</s>")
  }

  @Test("without a rule images are noted and nothing changes")
  func noRule() throws {
    let (chat, _) = try Self.rendered([Self.question(0..<5, Self.square)], text: "[IMG]", nil)
    #expect(chat.text == "<user>[IMG]</s>")
    #expect(chat.media.faults == [.noProcessor: 1])
  }
}
