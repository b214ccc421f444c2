import ArgumentParser
import JSON
import Support

/// The parser's script of a shell's completion, with what may stand behind `help`: the parser offers nothing there.
enum CompletionScript {
  /// A command, what it does, and those below it.
  private struct Command {
    let name: String
    let abstract: String
    let subcommands: [Command]

    init?(_ description: JSONObject) {
      guard let name = description["commandName"]?.stringValue else { return nil }
      self.name = name
      abstract = description["abstract"]?.stringValue ?? ""
      subcommands = ManualPage.shownCommands(of: description).compactMap(Command.init)
    }
  }

  private static let option = "--generate-completion-script"

  /// What the parser prints; a script with more lines.
  ///
  /// - Parameters:
  ///   - text: what the parser prints.
  ///   - arguments: the command line.
  static func completed(_ text: String, _ arguments: [String]) -> String {
    guard arguments.contains(where: { $0 == option || $0.hasPrefix(option + "=") }),
      let description = try? JSONValue.parse(TokenStats._dumpHelp()),
      let program = description["command"]?.objectValue.flatMap(Command.init)
    else { return text }
    let function = "_\(program.name)_help() {"
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let start = lines.firstIndex(of: function) {
      let end = lines[start...].firstIndex(of: "}") ?? lines.endIndex
      if let zsh = lines[start..<end].firstIndex(where: { $0.hasSuffix("'*:subcommands:'") }) {
        lines.replaceSubrange(zsh...zsh, with: zshSpecifications(program))
      } else {
        lines.insert(contentsOf: bashCase(program), at: end)
      }
    } else {
      let end = lines.last == "" ? lines.endIndex - 1 : lines.endIndex
      lines.insert(contentsOf: fishLines(program), at: end)
    }
    return lines.joined(separator: "\n")
  }

  private static func names(_ commands: [Command]) -> String { commands.map(\.name).joined(separator: " ") }

  /// What stands behind `help`, and behind a command that has others below it.
  private static func bashCase(_ program: Command) -> [String] {
    let parents = program.subcommands.filter { !$0.subcommands.isEmpty }
    let choices = [("help", program.subcommands)] + parents.map { ($0.name, $0.subcommands) }
    return ["    case \"${prev}\" in"]
      + choices.map { parent, commands in
        "    \(parent)) COMPREPLY+=($(compgen -W '\(names(commands))' -- \"${cur}\")) ;;"
      } + ["    esac"]
  }

  private static func zshSpecifications(_ program: Command) -> [String] {
    let nested = program.subcommands.flatMap(\.subcommands)
    return ["        '1:command:(\(names(program.subcommands)))'", "        '2:command:(\(names(nested)))'"]
  }

  private static func fishLines(_ program: Command) -> [String] {
    let offers = "__\(program.name)_should_offer_completions_for_positional"
    return program.subcommands.map { command in
      let words = command.abstract.split(separator: "'").joined(separator: "\\'")
      let condition = "\(offers) \"\(program.name) help\" -eq 1"
      return "complete -c '\(program.name)' -n '\(condition)' -fa '\(command.name)' -d '\(words)'"
    }
  }
}
