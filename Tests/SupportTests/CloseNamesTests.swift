import Support
import Testing

/// What a misspelled name may have meant.
@Suite struct CloseNamesTests {
  @Test("What stands beside a name on the keyboard is close to it, other names are not")
  func slips() {
    let names = ["Qwen/Qwen3-32B", "google/gemma-2-27b-it", "gemma"]
    #expect(CloseNames.of("qwen/qwen3-32b", in: names) == ["Qwen/Qwen3-32B"])
    #expect(CloseNames.of("google/gemma-2-27-bit", in: names) == ["google/gemma-2-27b-it"])
    #expect(CloseNames.of("gmema", in: names) == ["gemma"])
    #expect(CloseNames.of("llama", in: names).isEmpty && CloseNames.of("", in: names).isEmpty)
    #expect(CloseNames.question(["a", "b", "c"]) == "; did you mean a, b or c?")
  }

  @Test("A name that may well be right is a slip only of one with the same numbers")
  func rightNames() {
    let names = ["Qwen/Qwen3-32B", "ada/tiny", "Qwen/Qwen3-8B-Base"]
    #expect(CloseNames.slips(of: "Qwen/Qwn3-32B", in: names) == ["Qwen/Qwen3-32B"])
    #expect(CloseNames.slips(of: "ada/tinny", in: names) == ["ada/tiny"])
    for name in ["Qwen/Qwen3-8B", "Qwen/Qwen3-14B", "Qwen/Qwen3"] {
      #expect(CloseNames.slips(of: name, in: names).isEmpty, "\(name)")
    }
    #expect(CloseNames.remark(["a", "b"]) == " (did you mean a or b?)" && CloseNames.remark([]).isEmpty)
  }

  @Test("The beginning of names means them where no name is near, whatever signs stand between letters")
  func beginnings() {
    let models = ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"]
    for (text, meant) in [
      ("qwen", "qwen-3-32b"), ("Qwen3", "qwen-3-32b"), ("gemma2", "gemma-2-27b"), ("llama_3_3", "llama-3.3-70b"),
    ] {
      #expect(CloseNames.of(text, in: models) == [meant], "\(text)")
    }
    for text in ["qw", "q", "-", "32b", "qwen-4", "mistral"] {
      #expect(CloseNames.of(text, in: models).isEmpty, "\(text)")
    }
    let columns = ["messages", "text", "messenger", "message_id", "messaging"]
    #expect(CloseNames.of("mes", in: columns) == ["message_id", "messages", "messaging"])
    // What is a letter away is nearer than what is longer.
    #expect(CloseNames.of("mes", in: columns + ["mess"]) == ["mess"])
    #expect(CloseNames.of("messages", in: ["messages"]).isEmpty)
  }
}
