import TestSupport
import Testing

/// `verify` and `tokenizers` on this machine's vocabulary files.
@Suite struct VerifyTests {
  @Test("every built-in expectation is identical")
  func verify() throws {
    let result = try Program.run(["verify"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.last == "1,711 of 1,711 identical")
  }

  @Test("a vocabulary that is not there ends with 5 and says how to get it")
  func missing() throws {
    let scratch = try Scratch()
    let nowhere = ["XDG_CACHE_HOME": scratch.path("cache"), "HF_HOME": scratch.path("hf"), "HF_HUB_CACHE": ""]
    let result = try Program.run(["count", "--model", "gemma-2-27b"], environment: nowhere)
    #expect(result.status == 5)
    #expect(result.errors.contains("tokenstats tokenizers fetch"))
    let list = try Program.run(["tokenizers", "list"], environment: nowhere)
    #expect(list.status == 0)
    #expect(list.lines.filter { $0.hasSuffix("missing") }.count == 3)
  }

  @Test("a file of another kind is refused with its name")
  func damaged() throws {
    let scratch = try Scratch()
    let path = try scratch.file("tokenizer.model", "no vocabulary")
    let result = try Program.run(["count", "--model", "gemma-2-27b", "--tokenizer", "gemma-2-27b=\(path)"])
    #expect(result.status == 5)
    #expect(result.errors.contains(path))
  }

  @Test("info describes a model as JSON")
  func info() throws {
    let result = try Program.run(["tokenizers", "info", "llama-3.3-70b", "--json"])
    #expect(result.output.contains("\"hub_id\": \"meta-llama/Llama-3.3-70B-Instruct\""))
  }
}
