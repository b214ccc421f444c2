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
      (["qqqqqq"], 64, "tokenstats --help lists them"),
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

  @Test("Data in the place of a command is answered with the line to type")
  func data() throws {
    let scratch = try Scratch()
    try Data("{\"text\": \"a\"}\n".utf8).write(to: scratch.folder.appending(path: "chats.jsonl"))
    let result = try Program.run(["chats.jsonl"], in: scratch.folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("tokenstats analyze chats.jsonl --model MODEL"), "\(result.errors)")
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
    let two = try Program.run(["show", "t.json", "--statistics", "u.json", "clockmaker"], in: scratch.folder)
    #expect(two.status == 64 && two.errors.contains("two files"), "\(two.errors)")
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
