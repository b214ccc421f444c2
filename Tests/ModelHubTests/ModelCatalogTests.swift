import ModelHub
import ChatTemplates
import Testing
import Tokenizers

@Suite("Models")
struct ModelCatalogTests {
  @Test("Each model has the format of its own repository")
  func standard() throws {
    let catalog = ModelCatalog()
    #expect(ModelCatalog.models == ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"])
    let hubIDs = try ModelCatalog.models.map { try catalog.format(of: $0).hubID }
    #expect(hubIDs == ["google/gemma-2-27b-it", "meta-llama/Llama-3.3-70B-Instruct", "Qwen/Qwen3-32B"])
    let families = try ModelCatalog.models.map { try catalog.format(of: $0).family }
    #expect(families == [.gemma2, .llama3, .qwen3])
    #expect(Set(ChatTemplate.allCases.map { ChatFormat($0).revision }).count == ChatTemplate.allCases.count)
  }

  @Test("An override replaces template and vocabulary of that model only")
  func override() throws {
    let catalog = try ModelCatalog(templateOverrides: ["qwen-3-32b=qwen2.5"])
    #expect(try catalog.format(of: "qwen-3-32b") == ChatFormat(.qwen25))
    #expect(try catalog.format(of: "qwen-3-32b").family == .qwen25)
    #expect(try catalog.format(of: "gemma-2-27b") == ChatFormat(.gemma2))
  }

  @Test(
    "What is not known is named, with what is",
    arguments: [
      ("gpt=qwen2.5", "unknown model \"gpt\"; known models are gemma-2-27b, llama-3.3-70b, qwen-3-32b"),
      ("qwen-3-32b=chatml", "unknown template \"chatml\"; known templates are gemma-2, llama-3.3, qwen-3, qwen2.5"),
      ("qwen-3-32b", "write MODEL=TEMPLATE"), ("", "write MODEL=TEMPLATE"),
    ])
  func unknown(override: String, message: String) throws {
    let error = try #require(throws: ModelError.self) { try ModelCatalog(templateOverrides: [override]) }
    #expect(error.description.contains(message))
  }
}
