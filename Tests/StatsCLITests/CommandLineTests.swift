import Foundation
import TestSupport
import Testing

/// What holds for the program as a whole: exit statuses, streams, help.
@Suite struct CommandLineTests {
  @Test("--version prints one line and nothing else")
  func version() throws {
    let result = try Program.run(["--version"])
    #expect(result.status == 0)
    #expect(result.lines.count == 1)
    #expect(result.errors.isEmpty)
  }

  @Test(
    "a wrong command line ends with 64 and says so on standard error",
    arguments: [
      ["nonsense"], ["count"], ["count", "--model"], ["count", "--model", "gemma-2-27b", "--jobs", "0"],
      ["count", "--model", "gemma-2-27b", "--passes", "x"], ["encode", "--model", "gemma-2-27b", "--nonsense"],
      ["render", "--model", "qwen-3-32b", "--template", "qwen-3-32b=nonsense"],
      ["render", "--model", "qwen-3-32b", "--template", "nonsense"],
      ["render", "--model", "qwen-3-32b", "--template-arg", "date_string=today"],
    ])
  func usage(arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test("an unknown model ends with 5 and the known ones are named", arguments: ["count", "encode", "render"])
  func unknownModel(command: String) throws {
    let result = try Program.run([command, "--model", "gpt-2"])
    #expect(result.status == 5)
    #expect(
      result.errors.hasPrefix(
        "error: unknown model \"gpt-2\"; known models are gemma-2-27b, llama-3.3-70b, qwen-3-32b; as a name on the hub: "
      ),
      "\(result.errors)")
    for name in ["qwen-3-32", "tokenizer.json", "a b"] {
      let result = try Program.run([command, "--model", name])
      #expect(result.status == 5 && !result.errors.contains("hub"), "\(result.errors)")
    }
  }

  @Test("TOKENSTATS_KERNEL changes no count, and an unknown set of kernels is an error that lists the others")
  func kernels() throws {
    let data = Program.packageFolder.appending(path: "Demo/datasets/processed/persona")
    for model in ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"] {
      let path = data.appending(path: "\(model)__trait__curious.parquet").path
      func count(_ kernel: String) throws -> Program.Result {
        try Program.run(["count", "--each", "--model", model, path], environment: ["TOKENSTATS_KERNEL": kernel])
      }
      let (fastest, portable) = (try count(""), try count("portable"))
      #expect(fastest.status == 0 && portable.status == 0, "\(fastest.errors)\(portable.errors)")
      #expect(fastest.lines.count > 10 && fastest.output == portable.output)
      let unknown = try count("mmx")
      #expect(unknown.status != 0 && unknown.output.isEmpty)
      #expect(unknown.errors.contains("TOKENSTATS_KERNEL=mmx cannot be used here; available: "))
      #expect(unknown.errors.contains("portable"))
    }
  }

  @Test("a full disk behind standard output is an error, not a silent loss")
  func fullDisk() throws {
    let scratch = try Scratch()
    let file = try scratch.file("chat.jsonl", #"{"messages":[{"role":"user","content":"Hello"}]}"#)
    let program = Program.executable.path
    let result = try Program.shell("'\(program)' render --model qwen-3-32b '\(file)' > /dev/full")
    #expect(result.status == 1)
    #expect(result.errors == "error: cannot write to standard output: No space left on device\n")
  }

  @Test("a reader that goes away ends the program quietly")
  func brokenPipe() throws {
    let scratch = try Scratch()
    let row = #"{"messages":[{"role":"user","content":"Hello"}]}"# + "\n"
    let file = try scratch.file("chats.jsonl", String(repeating: row, count: 20_000))
    let result = try Program.shell("'\(Program.executable.path)' render --model qwen-3-32b '\(file)' | head -1")
    #expect(result.lines.count == 1)
    #expect(result.errors.isEmpty)
  }

  @Test("every command's help shows an example")
  func helpHasExamples() throws {
    let overview = try Program.run(["--help"])
    for command in ["analyze", "list", "count", "encode", "render", "report", "plot", "verify"] {
      #expect(overview.output.contains("  \(command) "))
      let help = try Program.run([command, "--help"])
      #expect(help.status == 0)
      #expect(help.output.contains("Example:\n  tokenstats \(command)"), "\(command)")
    }
  }

  @Test("completions for three shells name the commands", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let result = try Program.run(["--generate-completion-script", shell])
    #expect(result.status == 0)
    #expect(result.output.contains("encode"))
    // The parser itself offers nothing behind `help`.
    let offered = [
      "bash": "    help) COMPREPLY+=($(compgen -W 'analyze list ", "zsh": "'1:command:(analyze list ",
      "fish": #""tokenstats help" -eq 1' -fa 'outliers' -d "#,
    ]
    #expect(try result.output.contains(#require(offered[shell])))
  }

  @Test("no line of usage, and no example, is wider than a terminal", arguments: HelpTests.commands)
  func usage(command: String) throws {
    let help = try Program.run(command.split(separator: " ").map(String.init) + ["--help"]).output
    let lines = help.split(separator: "\n").filter { $0.hasPrefix("USAGE: ") }
    #expect(lines.count == 1 && lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    // The parser folds what is wider, and a folded command is none that can be copied.
    for section in help.components(separatedBy: "\n\n") where section.hasPrefix("Example") {
      #expect(section.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("  ") }, "\(section)")
    }
    if command == "diff" { #expect(lines.first == "USAGE: tokenstats diff [<options>] <old> <new>") }
    if command == "mix" {
      #expect(lines.first?.hasSuffix("[<options>] [<statistics> ...] --share <shares> ...") == true)
    }
  }

  @Test("the manual page has its sections and names every command")
  func manual() throws {
    let page = try Program.run(["manual"]).output
    #expect(page.hasPrefix(".TH TOKENSTATS 1"))
    for section in ["NAME", "SYNOPSIS", "COMMANDS", "EXAMPLES", "EXIT STATUS", "ENVIRONMENT"] {
      #expect(page.contains("\n.SH \(section)\n"))
    }
    for command in ["count", "encode", "render"] { #expect(page.contains("\n.SS \(command)")) }
    #expect(!page.contains("manual page.\n"), "hidden commands stay hidden")
  }

  @Test("each command has a page of its own")
  func manualOfCommands() throws {
    let names = try Program.run(["manual", "--list"]).lines
    #expect(names.contains("analyze") && names.contains("show") && !names.contains("manual"))
    let page = try Program.run(["manual", "analyze"]).output
    #expect(page.hasPrefix(".TH TOKENSTATS\\-ANALYZE 1") && page.contains("\n.SS analyze"))
    #expect(!page.contains("\n.SS count"))
    for (command, synopsis) in [
      ("count", "tokenstats count\n[\\fIoptions\\fR] [\\fIfile\\fR ...] \\fB\\-\\-model\\fR \\fIname|path\\fR\n"),
      ("show", "tokenstats show\n[\\fIoptions\\fR] [\\fIname\\fR ...]\n"),
      ("report", "tokenstats report\n[\\fIoptions\\fR] [\\fIstatistics\\fR ...]\n"),
      ("diff", "tokenstats diff\n[\\fIoptions\\fR] \\fIold\\fR \\fInew\\fR\n"),
      ("tokenizers", "tokenstats tokenizers info\n[\\fIoptions\\fR] \\fIname|path\\fR\n"),
    ] {
      let page = try Program.run(["manual", command]).output
      #expect(page.contains(".B " + synopsis), "\(page.prefix(400))")
      let examples = page.components(separatedBy: "\n.SH EXAMPLES\n")
      #expect(examples.count == 2 && examples[1].contains("tokenstats \(command)"), "\(command)")
      #expect(!page.contains("\nExample"), "\(command)")
    }
    let slip = try Program.run(["manual", "analyse"])
    #expect(slip.status == 64 && slip.errors.contains("did you mean analyze?"))
  }

  @Test("shells are offered models, datasets and what these are about")
  func offers() throws {
    func offered(_ arguments: [String]) throws -> String { try Program.run(arguments).output }
    let models = try offered(["---completion", "count", "--", "--model", "2", "0", "tokenstats", "count", "--model"])
    #expect(models.contains("qwen-3-32b"))
    func completed(_ option: String, _ words: [String], of command: String) throws -> [Substring] {
      let line = ["tokenstats", command] + words
      return try Program.run(
        ["---completion", command, "--", option, String(line.count - 1), String(words.last?.count ?? 0)] + line,
        in: Self.demo
      ).lines
    }
    let raw = ["--persona-data-dir", "persona-data"]
    #expect(
      try completed("--name", raw + ["--type", "role", "-m", "llama-3.3-70b", "--name", ""], of: "create") == [
        "0_default", "clockmaker", "lighthouse_keeper",
      ])
    for (command, option) in [("create", "--model"), ("list", "--model"), ("generate", "--models")] {
      let models = try completed(option, raw + [option, ""], of: command)
      #expect(models == ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"], "\(command)")
    }
    let lists = try completed("--tokenizers", ["--tokenizers", "gemma-2-27b,"], of: "compare")
    #expect(lists.contains("gemma-2-27b,qwen-3-32b"))
    for (command, argument) in [
      ("limits", "inputs"), ("pack", "inputs"), ("filter", "source"), ("tokenize", "source"), ("count", "files"),
    ] {
      let datasets = try completed("positional@0", ["--dataset-dir", "datasets/processed/persona", ""], of: command)
      #expect(datasets.contains("qwen-3-32b__trait__curious"), "\(command) \(argument)")
      // Files are meant as well.
      #expect(datasets.contains("expected.json"), "\(command) \(argument)")
    }
  }

  private static let demo = Program.packageFolder.appending(path: "Demo")
}
