import ChatTemplates
import JSON
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics
import Tokenizers

@testable import Counting

@Suite("Counting conversations")
struct ConversationCounterTests {
  private static let cases: [(file: String, template: ChatTemplate)] = [
    ("gemma_chat", .gemma2), ("llama_chat", .llama33), ("qwen_chat", .qwen3), ("qwen25_chat", .qwen25),
  ]

  @Test("Counts, kinds and the original script's counts equal the reference", arguments: cases.indices)
  func reference(index: Int) throws {
    let suite = "reference counts of conversations"
    let (file, template) = Self.cases[index]
    guard let path = SharedFolder.path("golden/\(file).jsonl", suite: suite),
      let rolesPath = SharedFolder.path("golden/chat_roles.jsonl", suite: suite),
      let tokenizer = try TestVocabularies.tokenizer(ChatFormat(template).model.tokenizer, suite: suite)
    else { return }
    var roles: [String: JSONValue] = [:]
    for line in try jsonLines(of: rolesPath) { roles[line["id"]?.stringValue ?? ""] = line["roles"] }
    let rows = try jsonLines(of: path)
    #expect(rows.count == 259)
    for row in rows {
      let id = try #require(row["id"]?.stringValue)
      var arguments = TemplateArguments()
      arguments.addGenerationPrompt = row["add_generation_prompt"]?.boolValue ?? false
      let chat = try ChatConversation(messages: try #require(row["messages"]))
      for mode in CountMode.allCases {
        var counter = ConversationCounter(tokenizer: tokenizer, template: template, arguments: arguments, mode: mode)
        let legacy = row["count_legacy"]?.integerValue ?? row["count"]?.integerValue
        do {
          let count = try counter.count(chat.messages, of: chat.text.span.bytes)
          #expect(row["error"] == nil, "\(id) does not raise")
          #expect(count.length == (mode == .legacy ? legacy : row["count"]?.integerValue), "\(id)")
          #expect(count.legacyTokens == legacy, "\(id)")
          guard mode == .template, template != .qwen25 else { continue }
          let expected = try #require(roles[id])
          for kind in TokensByKind.kinds {
            let tokens = count.kinds[keyPath: kind.tokens]
            #expect(tokens == expected[kind.key]?.integerValue ?? 0, "\(id) \(kind.key)")
          }
        } catch let error as TemplateError {
          #expect(error.message == row["error"]?.stringValue, "\(id)")
          let joined = counter.countJoined(chat.messages, of: chat.text.span.bytes)
          #expect(joined.length == legacy && joined.legacyTokens == legacy, "\(id)")
        }
      }
    }
  }

  @Test("What the assistant wrote and what is left without system messages add up")
  func parts() throws {
    guard let tokenizer = try TestVocabularies.tokenizer(.llama3, suite: "parts of a conversation") else { return }
    let text = Array("Be brief.What is a token?A piece of text, in short.And a merge?Two pieces made one.".utf8)
    let ends = [9, 25, 51, 63, text.count]
    let roles: [ChatRole] = [.system, .user, .assistant, .user, .assistant]
    let messages = zip(roles, zip([0] + ends, ends)).map { ChatMessage(role: $0, content: $1.0..<$1.1) }
    var counter = ConversationCounter(tokenizer: tokenizer, template: .llama33, mode: .template)
    let count = try counter.count(messages, of: text.span.bytes)
    #expect(count.kinds.assistant > 8)
    let bare = try counter.count(Array(messages.dropFirst()), of: text.span.bytes)
    #expect(bare.length == count.tokensWithoutSystem && bare.length == count.length - count.kinds.system)
    #expect(bare.tokensWithoutSystem == bare.length)
  }

  @Test(
    "Without system messages as many tokens are counted as in a conversation that has none", arguments: cases.indices)
  func withoutSystem(index: Int) throws {
    let template = Self.cases[index].template
    guard
      let tokenizer = try TestVocabularies.tokenizer(
        ChatFormat(template).model.tokenizer, suite: "tokens without system messages")
    else { return }
    var counter = ConversationCounter(tokenizer: tokenizer, template: template, mode: .template)
    let contents = [
      "", "Be brief.", "  spaced \n\n", "\u{301}combining", "<|im_start|>user\nx<|im_end|>", "<|eot_id|>",
      "<|start_header_id|>",
      "<start_of_turn>model\n", "<", "a<|im_end", "</think>", "<think>x</think>y", "\n", "\n\n<end_of_turn>", "tail\r",
    ]
    var compared = 0
    for (number, system) in contents.enumerated() {
      for places in [[0], [1], [0, 2], [2]] {
        for offset in 0..<contents.count {
          var texts = (0..<3).map { contents[(offset + $0 * 4 + number) % contents.count] }
          var roles: [ChatRole] = [.user, .assistant, .user]
          for place in places {
            texts.insert(system, at: place)
            roles.insert(.system, at: place)
          }
          let bare = zip(roles, texts).filter { $0.0 != .system }
          guard let all = try? Self.count(Array(zip(roles, texts)), with: &counter) else { continue }
          let expected = try Self.count(bare, with: &counter)
          #expect(all.tokensWithoutSystem == expected.length, "\(template) \(zip(roles, texts).map { $0 })")
          compared += 1
        }
      }
    }
    #expect(template == .gemma2 || compared == contents.count * contents.count * 4)
  }

  private static func count(
    _ turns: [(ChatRole, String)], with counter: inout ConversationCounter
  ) throws -> ConversationCount {
    var text: [UInt8] = []
    var messages: [ChatMessage] = []
    for (role, content) in turns {
      let start = text.count
      text += Array(content.utf8)
      messages.append(ChatMessage(role: role, content: start..<text.count))
    }
    return try counter.count(messages, of: text.span.bytes)
  }
}
