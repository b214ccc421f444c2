import Foundation
import TestSupport
import Testing

/// Names of datasets, personas, models, labels and patterns that nothing has are answered with those that were meant.
@Suite struct MisspelledNameTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  private func analysed() throws -> Scratch {
    let scratch = try Scratch()
    let made = try Program.run(
      ["analyze", "--workspace", Self.demo, "-o", "t.json", "-j", "1", "--no-plots", "-q"], in: scratch.folder)
    try #require(made.status == 0, "\(made.errors)")
    return scratch
  }

  @Test("names in statistics")
  func statistics() throws {
    let scratch = try analysed()
    for (arguments, meant) in [
      (["compare", "t.json", "--persona", "lighthouse_keper"], "did you mean lighthouse_keeper?"),
      (["compare", "t.json", "--persona", "lighthouse"], "did you mean lighthouse_keeper?"),
      (["compare", "t.json", "--labels", "pos,neg", "--persona", "franc"], "did you mean frank?"),
      (["compare", "t.json", "--labels", "pos,negg"], "the labels are default, neg, pos; did you mean neg?"),
      (["compare", "t.json", "--models", "qwen"], "did you mean qwen-3-32b?"),
      (["show", "clokmaker", "llama", "t.json"], "did you mean clockmaker llama?"),
      (["show", "curious", "qwen3", "t.json"], "did you mean curious qwen-3-32b?"),
      (["show", "curios qwen", "t.json"], "did you mean curious qwen?"),
      // Where no dataset has all words, those that were meant stand by themselves.
      (["show", "clokmaker", "qwen", "t.json"], "did you mean clockmaker?"),
      (["mix", "t.json", "--share", "curios=1"], "did you mean curious?"),
      (["report", "t.json", "--only", "curious"], "did you mean '*curious*'?"),
      (["report", "t.json", "--only", "curioos"], "did you mean '*curious*'?"),
      (["plot", "t.json", "--only", "qwen3"], "did you mean qwen-3-32b__role__0_default, "),
      (["limits", "t.json", "--max-length", "1k", "--models", "qwen"], "did you mean qwen-3-32b?"),
    ] as [([String], String)] {
      let result = try Program.run(arguments, in: scratch.folder)
      #expect(result.status == 4 && result.errors.contains(meant), "\(arguments): \(result)")
    }
    let right = try Program.run(["compare", "t.json", "--persona", "clockmaker"], in: scratch.folder)
    #expect(right.status == 4 && !right.errors.contains("did you mean"), "\(right)")
  }

  @Test("models and personas of raw records, and built-in models by their names on the hub")
  func records() throws {
    let scratch = try Scratch()
    let raw = ["--persona-data-dir", Program.rawDemo]
    for (arguments, meant) in [
      (["list", "--model", "gemma-2-27"], "did you mean gemma-2-27b?"),
      (["create", "--type", "role", "--name", "clockmaker", "--model", "lama-3.3-70b"], "did you mean llama-3.3-70b?"),
      (
        ["create", "--type", "role", "--name", "clokmaker", "--model", "llama-3.3-70b"], "did you mean clockmaker?"
      ), (["generate", "--models", "qwen-3-32"], "did you mean qwen-3-32b?"),
    ] as [([String], String)] {
      let result = try Program.run(arguments + raw, in: scratch.folder)
      #expect(result.status == 4 && result.errors.contains(meant), "\(arguments): \(result)")
    }
    for arguments in [
      ["list", "--model", "meta-llama/Llama-3.3-70B-Instruct"],
      [
        "create", "--type", "role", "--name", "clockmaker", "--model", "meta-llama/Llama-3.3-70B-Instruct",
        "--output-dir", "out",
      ],
      ["generate", "--type", "traits", "--models", "Qwen/Qwen3-32B", "--dry-run"],
    ] {
      let result = try Program.run(arguments + raw, in: scratch.folder)
      #expect(result.status == 0, "\(arguments): \(result)")
    }
  }

  @Test("the right name of a model that is not here is no slip of the pen")
  func hubModel() throws {
    let scratch = try Scratch()
    func count(_ model: String) throws -> Program.Result {
      try Program.run(
        ["count", "-m", model, "--offline"], environment: ["HF_HOME": scratch.path("hf")], in: scratch.folder)
    }
    for model in ["Qwen/Qwen3-8B", "Qwen/Qwen3-235B"] {
      let absent = try count(model)
      #expect(absent.status == 5 && !absent.errors.contains("did you mean"), "\(absent)")
    }
    let slip = try count("Qwen/Qwn3-32B")
    #expect(slip.errors.contains("Qwen/Qwn3-32B (did you mean Qwen/Qwen3-32B?), and nothing is fetched"), "\(slip)")
  }

  @Test("what all datasets lack is said once, with their number")
  func column() throws {
    let scratch = try Scratch()
    for arguments in [
      ["analyze", "--group-by", "labl", "-o", "t.json", "--no-plots"], ["outliers", "--label-column", "labl"],
      ["check", "--label-column", "labl"],
    ] {
      let result = try Program.run(arguments + ["--workspace", Self.demo], in: scratch.folder)
      let lines = result.errors.split(separator: "\n").filter { $0.contains("labl") }
      #expect(lines.count == 1, "\(result)")
      #expect(lines.first?.hasPrefix("error: 11 datasets, such as ") == true, "\(result)")
      #expect(lines.first?.hasSuffix("did you mean label?") == true, "\(result)")
    }
  }
}
