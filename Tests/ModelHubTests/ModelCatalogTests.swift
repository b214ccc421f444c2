import ChatTemplates
import Support
import TestSupport
import Testing
import Tokenizers

@testable import ModelHub

@Suite("Models")
struct ModelCatalogTests {
  @Test("Each model has the format of its own repository")
  func standard() throws {
    let catalog = ModelCatalog()
    #expect(ModelRegistry.names == ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"])
    let formats = try ModelRegistry.names.map { try catalog.format(of: $0) }
    let hubIDs = ["google/gemma-2-27b-it", "meta-llama/Llama-3.3-70B-Instruct", "Qwen/Qwen3-32B"]
    #expect(formats.map(\.model.hubID) == hubIDs)
    #expect(formats.map(\.model.tokenizer) == [.gemma2, .llama3, .qwen3])
    #expect(try hubIDs.map { try catalog.format(of: $0) } == formats)
  }

  @Test("Every entry of the registry can be used, and what names it is its own")
  func entries() throws {
    let models = ModelRegistry.models
    for model in models { #expect(try ChatFormat(model).template.sha256 == model.templateSHA256) }
    for template in ChatTemplate.native { #expect(try ChatFormat(template).template == template) }
    #expect(Set(models.map(\.hubID)).count == models.count)
    #expect(Set(models.map(\.revision)).count == models.count)
    #expect(Set(ModelRegistry.names).count == ModelRegistry.names.count)
    #expect(Set(models.map(\.tokenizer)) == Set(ModelRegistry.tokenizers))
    #expect(Set(ModelRegistry.tokenizers.map(\.name)).count == ModelRegistry.tokenizers.count)
    #expect(Set(ModelRegistry.tokenizers.map(\.file)) == Set(ModelRegistry.files))
    #expect(Set(ModelRegistry.files.map(\.cachedName)).count == ModelRegistry.files.count)
    for file in ModelRegistry.files {
      #expect(SHA256Digest(hex: file.sha256) != nil)
      #expect(!file.license.name.isEmpty)
      #expect(!ModelRegistry.names(of: file).isEmpty)
    }
  }

  @Test("A model whose template has no native format is refused by its template's hash")
  func otherTemplate() {
    let digest = String(repeating: "0", count: 64)
    let model = Model(name: "m", hubID: "o/m", revision: "r", templateSHA256: digest, tokenizer: .qwen3)
    #expect(throws: InputError.noFormat(hubID: "o/m", templateSHA256: digest)) { try ChatFormat(model) }
  }

  @Test("An override replaces template and vocabulary of that model only")
  func override() throws {
    let catalog = try ModelCatalog(templateOverrides: ["qwen-3-32b=qwen2.5"])
    #expect(try catalog.format(of: "qwen-3-32b") == ChatFormat(.qwen25))
    #expect(try catalog.format(of: "Qwen/Qwen3-32B").model.tokenizer == .qwen25)
    #expect(try catalog.format(of: "gemma-2-27b") == ChatFormat(.gemma2))
  }

  @Test(
    "What is not known is named, with what is",
    arguments: [
      ("gpt=qwen2.5", "unknown model \"gpt\"; known models are gemma-2-27b, llama-3.3-70b, qwen-3-32b"),
      ("qwen-3-32b=chatml", "unknown template \"chatml\"; known templates are gemma-2, llama-3.3, qwen-3, qwen2.5"),
      ("qwen-3-32b", "write MODEL=TEMPLATE"), ("", "write MODEL=TEMPLATE"), ("=qwen2.5", "write MODEL=TEMPLATE"),
      ("./qwen-3-32b=qwen2.5", "unknown model \"./qwen-3-32b\""),
    ])
  func unknown(override: String, message: String) throws {
    let error = try #require(throws: InputError.self) { try ModelCatalog(templateOverrides: [override]) }
    #expect(error.description.contains(message))
  }

  @Test("A reference is a short name, a repository or a path")
  func references() throws {
    let folder = try Scratch()
    #expect(ModelReference("qwen-3-32b") == .name("qwen-3-32b"))
    #expect(ModelReference("Qwen/Qwen3-32B") == .hub(id: "Qwen/Qwen3-32B"))
    #expect(ModelReference(folder.path) == .folder(folder.path))
    for path in ["/nowhere/m", "./m", "../m", "~/m", "a/b/c", "a/"] { #expect(ModelReference(path) == .file(path)) }
    for name in ["", ".", "..", "~"] { #expect(ModelReference(name) == .name(name)) }
    #expect(ModelReference("/nowhere/m").description == "/nowhere/m")
  }

  @Test("A setting has a model and a value, which may hold the sign that divides them")
  func settings() throws {
    let setting = try #require(ModelSetting("qwen-3-32b=a=b"))
    #expect(setting.model == .name("qwen-3-32b"))
    #expect(setting.value == "a=b")
    for text in ["", "=", "a=", "=b", "a"] { #expect(ModelSetting(text) == nil) }
  }
}
