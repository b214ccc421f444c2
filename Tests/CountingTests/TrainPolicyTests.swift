import ChatTemplates
import Foundation
import JSON
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics
import Tokenizers

@testable import Counting

/// What is trained, beside what axolotl, TRL and transformers made of the shared chats (Scripts/make_training_reference.py).
@Suite("What is trained")
struct TrainPolicyTests {
  private static let models: [(file: String, template: ChatTemplate)] = [
    ("qwen_chat", .qwen3), ("qwen25_chat", .qwen25), ("llama_chat", .llama33), ("gemma_chat", .gemma2),
  ]
  private static let policies: [(key: String, policy: TrainPolicy)] =
    TrainPolicy.TurnEnds.allCases.map { ($0.rawValue, TrainPolicy(.assistant, turnEnds: $0)) } + [
      ("field", TrainPolicy(.field("train"))), ("completion", TrainPolicy(.last)),
    ]

  private static func reference() throws -> JSONValue {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/training", withExtension: "json"))
    return try JSONValue.parse(Array(Data(contentsOf: file)))
  }

  /// The messages with a member that every third and fourth of them has, as the reference has them.
  private static func marked(_ messages: JSONValue) -> JSONValue {
    let elements = (messages.arrayValue ?? []).enumerated().map { index, message in
      var object = message.objectValue ?? JSONObject()
      if index % 4 == 2 { object["train"] = .bool(false) }
      if index % 4 == 3 { object["train"] = .bool(true) }
      return JSONValue.object(object)
    }
    return .array(elements)
  }

  /// The tokens that a mask marks of a text whose tokens are its bytes.
  private static func marked(_ blocks: [Range<Int>], of text: String) -> [Range<Int>] {
    let bytes = Array(text.utf8)
    let mask = AssistantMask(blocks, of: bytes)
    let borders = Set(mask.borders).filter { $0 > 0 && $0 < bytes.count }.sorted()
    let counts = zip(borders + [bytes.count], [0] + borders).map { $0 - $1 }
    return mask.ranges(TokenPlaces(borders: borders, counts: counts))
  }

  @Test("Blocks without characters end at the token before them, as transformers has it")
  func emptyBlocks() {
    #expect(Self.marked([1..<1], of: "abcd") == [1..<4])
    #expect(Self.marked([2..<2], of: "abcd") == [])
    #expect(Self.marked([4..<4], of: "abcd") == [])
    #expect(Self.marked([0..<0], of: "abcd") == [])
    #expect(Self.marked([1..<3], of: "abcd") == [1..<3])
    #expect(Self.marked([0..<1], of: "abcd") == [0..<4])
  }

  @Test("where a tokenizer leaves spaces out of tokens, as byte-level ones may, they hold no block's end")
  func spacesOutsideOfTokens() {
    // The tokens are "ab", " cd", "  ", "e f" and " ".
    let bytes = Array("ab cd  e f ".utf8)
    let starts = [0, 2, 5, 7, 10]
    func marked(_ blocks: [Range<Int>], _ offsets: TokenOffsets) -> [Range<Int>] {
      let mask = AssistantMask(blocks, of: bytes, offsets: offsets)
      let borders = Set(mask.borders).filter { $0 > 0 && $0 < bytes.count }.sorted()
      let before = (borders + [bytes.count]).map { border in starts.count { $0 < border } }
      return mask.ranges(TokenPlaces(borders: borders, counts: zip(before, [0] + before).map { $0 - $1 }))
    }
    for offsets in [TokenOffsets.whole, .trimmed] {
      #expect(marked([0..<4, 8..<9], offsets) == [0..<2, 3..<4])
      // A space within a token belongs to it.
      #expect(marked([8..<9], offsets) == [3..<4])
      #expect(marked([0..<9], offsets) == [0..<4])
    }
    #expect(marked([2..<4, 7..<8], .whole) == [1..<2, 3..<4])
    #expect(marked([2..<4, 7..<8], .trimmed) == [])
    #expect(marked([3..<6], .whole) == [1..<3])
    #expect(marked([3..<6], .trimmed) == [1..<5])
    #expect(marked([7..<11], .trimmed) == [3..<5])
  }

  private static func pairs(_ ranges: [Range<Int>]?) -> [Int] {
    (ranges ?? []).flatMap { [$0.lowerBound, $0.upperBound] }
  }

  @Test("Masks equal axolotl's and TRL's", arguments: models.indices)
  func masks(index: Int) throws {
    let suite = "masks of trainers"
    let (file, template) = Self.models[index]
    guard let path = SharedFolder.path("golden/\(file).jsonl", suite: suite),
      let tokenizer = try TestVocabularies.tokenizer(ChatFormat(template).model.tokenizer, suite: suite)
    else { return }
    let chats = Dictionary(uniqueKeysWithValues: try jsonLines(of: path).map { ($0["id"]?.stringValue ?? "", $0) })
    let rows = try #require(Self.reference()[file]?.arrayValue)
    var compared = 0
    for (key, policy) in Self.policies {
      var counter = ConversationCounter(
        tokenizer: tokenizer, template: template, mode: .template, training: policy)
      for row in rows {
        guard let expected = row[key]?.arrayValue?.compactMap(\.integerValue) else { continue }
        let id = try #require(row["id"]?.stringValue)
        let messages = try #require(chats[id]?["messages"])
        let chat = try ChatConversation(messages: key == "field" ? Self.marked(messages) : messages)
        let text = chat.text
        _ = try counter.count(chat.messages, of: text.span.bytes)
        #expect(Self.pairs(counter.trained) == expected, "\(id), \(key)")
        compared += 1
      }
    }
    #expect(compared > 200)
  }

  @Test("Generation blocks give transformers' mask, and none without blocks")
  func generations() throws {
    let suite = "masks of generation blocks"
    guard let path = SharedFolder.path("golden/qwen25_chat.jsonl", suite: suite),
      let tokenizer = try TestVocabularies.tokenizer(ChatFormat(.qwen25).model.tokenizer, suite: suite)
    else { return }
    let reference = try Self.reference()
    let template = try #require(reference["template"]?.stringValue)
    let renderer = try ChatRenderer([NamedChatTemplate(name: nil, text: template, sha256: "")])
    let chats = Dictionary(uniqueKeysWithValues: try jsonLines(of: path).map { ($0["id"]?.stringValue ?? "", $0) })
    var counter = ConversationCounter(
      tokenizer: tokenizer, renderer: renderer, cuts: .none, mode: .template, measuresRendering: false,
      training: [TrainPolicy(.template)])
    var bare = ConversationCounter(
      tokenizer: tokenizer, template: .qwen25, mode: .template, training: TrainPolicy(.template))
    var compared = 0
    for row in try #require(reference["qwen25_chat"]?.arrayValue) {
      guard let expected = row["generation"]?.arrayValue?.compactMap(\.integerValue) else { continue }
      let id = try #require(row["id"]?.stringValue)
      let chat = try ChatConversation(messages: try #require(chats[id]?["messages"]))
      let text = chat.text
      _ = try counter.count(chat.messages, of: text.span.bytes)
      #expect(Self.pairs(counter.trained) == expected, "\(id)")
      _ = try bare.count(chat.messages, of: text.span.bytes)
      #expect(bare.trained == [])
      compared += 1
    }
    #expect(compared > 50)
  }

  @Test("All tokens are trained, and without the ends of turns all but those")
  func all() throws {
    guard let tokenizer = try TestVocabularies.tokenizer(ChatFormat(.qwen3).model.tokenizer, suite: "all trained")
    else { return }
    let text = Array("askedanswer".utf8)
    let messages = [ChatMessage(role: .user, content: 0..<5), ChatMessage(role: .assistant, content: 5..<11)]
    var all = ConversationCounter(tokenizer: tokenizer, template: .qwen3, mode: .template, training: TrainPolicy(.all))
    let length = try all.count(messages, of: text.span.bytes).length
    #expect(all.trained == [0..<length])
    var few = ConversationCounter(
      tokenizer: tokenizer, template: .qwen3, mode: .template, training: TrainPolicy(.all, turnEnds: .none))
    _ = try few.count(messages, of: text.span.bytes)
    let omitted = length - (few.trained ?? []).reduce(0) { $0 + $1.count }
    #expect(omitted == 2)
  }

  @Test("Names of rules are read back, and others are none")
  func names() throws {
    for name in ["assistant", "last", "all", "template", "field:weight"] {
      #expect(TrainPolicy(named: name)?.name == name)
      // A record of several rules begins with the one that decides.
      for ends in TrainPolicy.TurnEnds.allCases {
        for isExpanded in [false, true] {
          var policy = try #require(TrainPolicy(named: name, turnEnds: ends))
          policy.expandsTurns = isExpanded
          #expect(TrainPolicy(recorded: policy.description) == policy)
          #expect(TrainPolicy(recorded: "\(policy); last, end of turn: none") == policy)
        }
      }
    }
    for name in ["", "field:", "Assistant", "fieldx"] { #expect(TrainPolicy(named: name) == nil) }
    // What two runs with different policies record must differ.
    let records = TrainPolicy.TurnEnds.allCases.map { TrainPolicy(.assistant, turnEnds: $0).description }
    #expect(Set(records).count == 4)
  }
}
