import Foundation
import JSON
import TestSupport
import Testing

/// What stands first on the command line and is no command; short options; either number of role and trait.
@Suite struct FirstArgumentTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  @Test("A mistyped command, model or dataset is answered with the one that was meant")
  func mistyped() throws {
    let scratch = try Scratch()
    let cases: [(arguments: [String], status: Int32, meant: String)] = [
      (["anlyze"], 64, "did you mean analyze?"), (["cuont", "x"], 64, "did you mean count?"),
      (["qqqqqq"], 64, "tokenstats --help lists them"), (["ana"], 64, "did you mean analyze?"),
      (["help", "analyz"], 64, "did you mean analyze?"), (["tokenizers", "fech"], 64, "did you mean fetch?"),
      (["templates", "chek", "x"], 64, "there is no command templates chek; did you mean check?"),
      (["help", "templates", "chek"], 64, "did you mean check?"),
      (["tokenizers", "qqqqqq"], 64, "tokenstats tokenizers --help lists them"),
      (["count", "-m", "qwen"], 5, "did you mean qwen-3-32b?"),
      (["count", "-m", "Qwen3"], 5, "did you mean qwen-3-32b?"),
      (["analyze", "--models", "gemma"], 5, "did you mean gemma-2-27b?"),
      (["count", "-m", "qwen-3-32b", "--template", "qwen25", Self.demo], 64, "did you mean qwen2.5?"),
      (["count", "-m", "qwen-3-32"], 5, "did you mean qwen-3-32b?"),
      (
        ["outliers", "--workspace", Self.demo, "llama-3.3-70b__role__clokmaker"], 1,
        "did you mean llama-3.3-70b__role__clockmaker?"
      ),
    ]
    for test in cases {
      let result = try Program.run(test.arguments, in: scratch.folder)
      #expect(result.status == test.status, "\(test.arguments): \(result.errors)")
      #expect(result.errors.contains(test.meant), "\(test.arguments): \(result.errors)")
    }
  }

  @Test(
    "An option that a command does not have is answered with what it is for, else with what it looks like",
    arguments: [
      (["outliers", "--top", "3"], "'--top'; did you mean --count?"),
      (["outliers", "-n", "3"], "'-n'; did you mean --count?"),
      (["outliers", "--limit", "9"], "'--limit'; did you mean --over?"),
      (["analyze", "--max-length=9"], "'--max-length'; did you mean --limits?"),
      (["count", "x", "-m", "m", "--threads", "2"], "'--threads'; did you mean --jobs?"),
      (["plot", "t.json", "--dpi", "2"], "'--dpi'; did you mean --plot-scale?"),
      (["plot", "t.json", "--no-plots"], "'--no-plots'; analyze has it"),
      (["count", "x", "-m", "m", "--limits", "9"], "'--limits'; analyze, report, show and plot have it"),
      (["report", "--ouptut", "x"], "'--ouptut'; did you mean --output?"),
      (["analyze", "--column", "x"], "'--column'; did you mean --text-column?"),
      (["create", "--type", "role", "--name", "a", "--filter", "x"], "'--filter'; did you mean --label-filter?"),
      (["count", "--modle", "x", "f"], "'--modle'; did you mean --model?"),
      (["tokenizers", "list", "--jsn"], "'--jsn'; did you mean --json?"),
      (["report", "--qqqqqqqqq"], "'--qqqqqqqqq'\nUsage:"), (["report", "--a'b"], "'--a'b'\nUsage:"),
    ])
  func options(arguments: [String], answer: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 64 && result.output.isEmpty, "\(result)")
    #expect(result.errors.hasPrefix("error: unknown option " + answer), "\(result.errors)")
  }

  @Test("Data in the place of a command is answered with the line to type")
  func data() throws {
    let scratch = try Scratch()
    try Data("{\"text\": \"a\"}\n".utf8).write(to: scratch.folder.appending(path: "chats.jsonl"))
    let result = try Program.run(["chats.jsonl"], in: scratch.folder)
    #expect(result.status == 64)
    #expect(result.errors.hasSuffix(": tokenstats analyze chats.jsonl --model MODEL\n"), "\(result.errors)")
    // Names of datasets hold their models.
    let collection = Program.packageFolder.appending(path: "Demo/datasets/processed/persona").path
    for path in [collection, collection + "/qwen-3-32b__trait__curious"] {
      let named = try Program.run([path], in: scratch.folder)
      #expect(named.status == 64 && named.errors.hasSuffix(": tokenstats analyze \(path)\n"), "\(named.errors)")
    }
  }

  @Test("What is no data is called so")
  func noData() throws {
    let scratch = try Scratch()
    try scratch.file("page.html", "<!DOCTYPE html>\n<p>a</p>\n")
    try scratch.file("program", [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0, 0xFF] as [UInt8])
    let page = try Program.run(["page.html"], in: scratch.folder)
    #expect(page.status == 64 && page.errors.contains("page.html is plain text"), "\(page.errors)")
    #expect(page.errors.hasSuffix("tokenstats count page.html --model MODEL\n"), "\(page.errors)")
    let other = try Program.run(["program"], in: scratch.folder)
    #expect(other.status == 64 && other.errors.contains("program is no command, and no data: "), "\(other.errors)")
    #expect(!other.errors.contains("analyze"), "\(other.errors)")
  }

  @Test("Statistics in the place of a command are shown, wherever the file stands among the names")
  func statistics() throws {
    let scratch = try Scratch()
    let made = try Program.run(
      ["analyze", "--workspace", Self.demo, "-o", "t.json", "-j", "1", "--no-plots", "-q"], in: scratch.folder)
    try #require(made.status == 0, "\(made.errors)")
    #expect(made.errors.isEmpty, "\(made.errors)")
    let all = try Program.run(["t.json"], in: scratch.folder)
    #expect(all.status == 0 && all.output.contains("llama-3.3-70b__role__clockmaker"))
    let rows = try JSONValue.parse(Array(Program.run(["show", "t.json", "--json"], in: scratch.folder).output.utf8))
    #expect(rows.arrayValue?.count == all.output.split(separator: "\n").count - 1)
    let first = try Program.run(["show", "t.json", "clockmaker"], in: scratch.folder)
    let last = try Program.run(["show", "clockmaker", "t.json"], in: scratch.folder)
    let named = try Program.run(["show", "clockmaker", "--statistics", "t.json"], in: scratch.folder)
    #expect(first.status == 0 && first.output == named.output && last.output == named.output)
    let pattern = try Program.run(["show", "t.json", "llama*clock*"], in: scratch.folder)
    #expect(pattern.status == 0 && pattern.output == named.output)
    let many = try Program.run(["show", "t.json", "*curious"], in: scratch.folder)
    #expect(many.status == 0, "\(many.errors)")
    #expect(many.output.split(separator: "\n").dropFirst().allSatisfy { $0.contains("__trait__curious ") })
    #expect(many.output.split(separator: "\n").count == 4)
    let unclear = try Program.run(["show", "t.json", "*curious", "--row", "1"], in: scratch.folder)
    #expect(unclear.status == 64 && unclear.errors.contains("holds 3 such datasets: name one"), "\(unclear.errors)")
    let slip = try Program.run(["show", "t.json", "clokmaker"], in: scratch.folder)
    #expect(slip.status == 4 && slip.errors.contains("did you mean clockmaker?"), "\(slip.errors)")
    let mixed = try Program.run(["mix", "t.json", "--share", "qwen*curious=0.5,gemma*frank=0.5"], in: scratch.folder)
    #expect(mixed.status == 0, "\(mixed.errors)")
    let compared = try Program.run(["compare", "t.json", "--persona", "light*", "--tsv"], in: scratch.folder)
    #expect(compared.status == 0 && compared.lines.count == 4, "\(compared)")
    let labels = try Program.run(
      ["compare", "t.json", "--labels", "pos,neg", "--persona", "fran?", "--tsv"], in: scratch.folder)
    #expect(labels.status == 0 && labels.lines.count == 2, "\(labels)")
    let two = try Program.run(["show", "t.json", "--statistics", "u.json", "clockmaker"], in: scratch.folder)
    #expect(two.status == 64 && two.errors.contains("two files"), "\(two.errors)")
  }

  @Test("What is said of no model is said of the only one")
  func onlyModel() throws {
    let scratch = try Scratch()
    try scratch.file("c.jsonl", #"{"messages":[{"role":"user","content":"a"}]}"# + "\n")
    let both = try ["qwen-3-32b=qwen2.5", "qwen2.5"].map { template in
      try Program.run(["count", "c.jsonl", "-m", "qwen-3-32b", "--template", template], in: scratch.folder)
    }
    #expect(both[0].status == 0 && both[0].output == both[1].output, "\(both)")
    let two = try Program.run(
      ["count", "c.jsonl", "-m", "qwen-3-32b", "-m", "gemma-2-27b", "--template", "qwen2.5"], in: scratch.folder)
    #expect(two.status == 64 && two.errors.contains("write MODEL=TEMPLATE"), "\(two.errors)")
    // A file that the user named is not fetched again.
    let wrong = try Program.run(["count", "c.jsonl", "-m", "qwen-3-32b", "--tokenizer", "c.jsonl"], in: scratch.folder)
    #expect(wrong.status == 5 && wrong.errors.contains("c.jsonl: it is no tokenizer of Qwen/Qwen3-32B"), "\(wrong)")
    #expect(!wrong.errors.contains("fetch"), "\(wrong.errors)")
  }

  @Test("-q is an option of every command", arguments: HelpTests.commands)
  func quiet(command: String) throws {
    // A command that has others below it says nothing by itself.
    guard !["", "tokenizers", "templates"].contains(command) else { return }
    let help = try Program.run(command.split(separator: " ").map(String.init) + ["--help"]).output
    #expect(help.contains("\n  -q, --quiet  "), "\(command)")
  }

  @Test("Role and roles are one kind to every command")
  func kinds() throws {
    let scratch = try Scratch()
    for type in ["role", "roles"] {
      let listed = try Program.run(["list", "--workspace", Self.demo, "--type", type], in: scratch.folder)
      #expect(listed.status != 64, "\(listed.errors)")
      let generated = try Program.run(
        ["generate", "--workspace", Self.demo, "--type", type, "-o", "out-\(type)", "-q"], in: scratch.folder)
      #expect(generated.status != 64, "\(generated.errors)")
    }
  }
}
