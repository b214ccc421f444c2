import Foundation
import TestSupport
import Testing

/// Little memory, little address space, long messages, signals.
@Suite struct ResourceTests {
  private static let program = Program.executable.path
  private static let datasets = Program.packageFolder.appending(path: "Demo/datasets/processed/persona").path

  @Test(
    "where something is short, the program works with less or says so in a sentence",
    arguments: [
      "ulimit -v 100000", "ulimit -v 150000", "ulimit -v 200000", "ulimit -v 300000", "ulimit -n 8", "ulimit -n 16",
      "ulimit -s 64",
    ].filter { !(Program.isSanitized && $0.contains("-v")) })
  func fewResources(limit: String) throws {
    let scratch = try Scratch()
    for options in ["--no-plots --jobs 8", "--output-plots \(scratch.path("p"))"] {
      let result = try Program.shell(
        "\(limit); exec \(Self.program) analyze --dataset-dir \(Self.datasets) --output-json \(scratch.path("t.json")) "
          + "--progress none --force \(options)")
      let isSaid = result.status == 1 && result.errors.hasPrefix("error: ") && result.errors.contains("ulimit")
      #expect(result.status == 0 || isSaid, "\(limit): \(result.status) \(result.errors)")
    }
  }

  @Test("a row beyond --memory-limit is refused by name, and the limit must be one")
  func memoryLimit() throws {
    let scratch = try Scratch()
    let row = #"{"messages": [{"role": "user", "content": ""# + String(repeating: "word ", count: 4 << 20) + #""}]}"#
    let file = try scratch.file("long.jsonl", row + "\n")
    let analyze = [
      "analyze", file, "--model", "qwen-3-32b", "--output-json", scratch.path("t.json"), "--no-plots", "--progress",
      "none",
    ]
    let refused = try Program.run(analyze + ["--memory-limit", "40M"])
    #expect(refused.status != 0 && refused.errors.contains("a larger --memory-limit allows more"), "\(refused.errors)")
    #expect(try Program.run(analyze + ["--memory-limit", "1G"]).status == 0)
    for wrong in ["1M", "x", "-3", "99999999T"] {
      #expect(try Program.run(analyze + ["--memory-limit", wrong]).status == 64)
    }
  }

  @Test("a pipe without an end is refused where it is read whole")
  func endlessPipe() throws {
    let limit = Program.isSanitized ? "" : "ulimit -v 600000; "
    let result = try Program.shell(
      "yes name | { \(limit)exec \(Self.program) count --names /dev/stdin --model qwen-3-32b; }")
    #expect(
      result.status == 1 && result.errors.contains("more than is read whole"), "\(result.status) \(result.errors)")
  }

  @Test("one long message does not keep a signal waiting")
  func signal() throws {
    let scratch = try Scratch()
    var generator = SplitMix(state: 1)
    let letters = String(
      decoding: (0..<1 << 20).map { _ in UInt8(97 + generator.next() % 26) } as [UInt8], as: UTF8.self)
    let file = try scratch.file("long.txt", String(repeating: letters, count: 100))
    let result = try Program.run([
      "analyze", file, "--model", "qwen-3-32b", "--output-json", scratch.path("t.json"), "--no-plots", "--progress",
      "none",
    ]) { process in
      usleep(700_000)
      process.interrupt()
    }
    #expect(result.status == 130, "\(result.errors)")
  }

  @Test("nothing of data reaches a terminal raw, whatever is printed", arguments: [["--tsv"], ["--json"]])
  func terminal(form: [String]) throws {
    let scratch = try Scratch()
    let row =
      #"{"messages": [{"role": "user", "content": "a\u001b]0;owned\u0007\u009b31m\u202e=1+1"}], "label": "pos"}"#
    let file = try scratch.file("a.jsonl", row + "\n")
    let command = "\(Self.program) outliers \(file) --model qwen-3-32b \(form.joined(separator: " "))"
    // `script` gives the command a terminal.
    let result = try Program.shell("script -qec 'stty cols 200; \(command)' /dev/null </dev/null")
    #expect(result.status == 0 && result.output.contains("owned"), "\(result.output)\(result.errors)")
    for raw in ["\u{1B}]", "\u{7}", "\u{9B}", "\u{202E}"] { #expect(!result.output.contains(raw)) }
  }

  @Test("a name that file systems do not take is shortened for checkpoints and pictures, and found again")
  func longName() throws {
    let scratch = try Scratch()
    let name = "qwen-3-32b__role__" + String(repeating: "a", count: 237)
    let source = Self.datasets + "/qwen-3-32b__trait__curious"
    try FileManager.default.createDirectory(atPath: scratch.path("d"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: source, toPath: scratch.path("d/" + name))
    let analyze = [
      "analyze", "--dataset-dir", scratch.path("d"), "--output-json", scratch.path("t.json"), "--output-plots",
      scratch.path("p"), "--progress", "none",
    ]
    let first = try Program.run(analyze)
    #expect(first.status == 0, "\(first.errors)")
    let picture = try #require(try FileManager.default.contentsOfDirectory(atPath: scratch.path("p")).first)
    #expect(picture.utf8.count == 255 && picture.hasSuffix(".png"))
    #expect(try Program.run(analyze + ["--dry-run"]).output.contains("\(name): would be taken over"))
  }

  @Test("cells that spreadsheets would run begin with an apostrophe")
  func formulas() throws {
    let scratch = try Scratch()
    let texts = ["=1+1", "+1", "-1", "@x", "'x", "plain"]
    let rows = texts.map { #"{"messages": [{"role": "user", "content": "\#($0)"}]}"# + "\n" }.joined()
    let result = try Program.run([
      "outliers", try scratch.file("a.jsonl", rows), "--model", "qwen-3-32b", "--tsv", "--over", "0",
    ])
    let previews = Set(result.lines.dropFirst().compactMap { $0.split(separator: "\t").last.map(String.init) })
    #expect(previews == ["'=1+1", "'+1", "'-1", "'@x", "''x", "plain"])
  }
}
