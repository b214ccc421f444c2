import Foundation
import Testing

/// The help texts, word for word: a change of the command line shows in a review.
@Suite struct HelpTests {
  static let commands = [
    "", "analyze", "list", "create", "generate", "count", "encode", "decode", "render", "report", "show", "plot",
    "compare", "diff", "outliers", "check", "limits", "card", "split", "filter", "tokenize", "pack", "mix", "merge",
    "verify", "tokenizers", "tokenizers list",
    "tokenizers fetch", "tokenizers info", "tokenizers remove", "templates", "templates eval", "templates check",
  ]

  /// The file of a command's help; `Scripts/update_help.sh` writes it.
  private func file(of command: String) -> URL {
    let name = command.isEmpty ? "tokenstats" : command.replacingOccurrences(of: " ", with: "-")
    return Program.packageFolder.appending(path: "Tests/StatsCLITests/Help/\(name).txt")
  }

  @Test("help is what the file says", arguments: commands)
  func help(command: String) throws {
    let result = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
    #expect(result.status == 0)
    #expect(try result.output == String(contentsOf: file(of: command), encoding: .utf8))
  }

  @Test("docs/cli.md holds the help of every command")
  func page() throws {
    let page = try String(
      contentsOf: Program.packageFolder.appending(path: "docs/cli.md"), encoding: .utf8)
    let sections = try Self.commands.map { command in
      let help = try String(contentsOf: file(of: command), encoding: .utf8)
      return "## tokenstats\(command.isEmpty ? "" : " " + command)\n\n```text\n\(help)```\n"
    }
    #expect(page.hasSuffix("\n\n" + sections.joined(separator: "\n")))
  }
}
