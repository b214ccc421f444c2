import ChatTemplates
import Foundation
import TestSupport
import Testing

/// Rendered texts and errors are those of the official templates under Jinja.
struct ReferenceTests {
  @Test("conversations that hit every corner render as the official templates do")
  func fixture() throws {
    let path = Bundle.module.path(forResource: "expectations", ofType: "jsonl", inDirectory: "Fixtures")
    try check(Expectation.load(#require(path)), minimum: 500)
  }

  /// A larger file of the same kind, made with make_expectations.py.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOKENSTATS_CHAT_EXPECTATIONS"] != nil))
  func extraExpectations() throws {
    let path = try #require(ProcessInfo.processInfo.environment["TOKENSTATS_CHAT_EXPECTATIONS"])
    try check(Expectation.load(path), minimum: 1)
  }

  @Test(
    "every golden conversation renders as the reference does",
    arguments: [
      ("gemma_chat", ChatTemplate.gemma2), ("llama_chat", .llama33), ("qwen_chat", .qwen3), ("qwen25_chat", .qwen25),
    ])
  func golden(name: String, template: ChatTemplate) throws {
    guard let folder = SharedFolder.path(suite: "golden chat templates") else { return }
    try check(Expectation.load("\(folder)/golden/\(name).jsonl", template: template), minimum: 259)
  }

  private func check(_ expectations: [Expectation], minimum: Int) throws {
    #expect(expectations.count >= minimum)
    var chat = RenderedChat()
    let differences = expectations.compactMap { $0.difference(using: &chat) }
    #expect(differences.isEmpty, "\(differences.count) of \(expectations.count): \(differences.prefix(5))")
  }
}
