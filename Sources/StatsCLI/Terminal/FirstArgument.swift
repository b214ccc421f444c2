import Support
import TokenStatistics

/// What first arguments mean that are no command: a file, or a command that was mistyped.
enum FirstArgument {
  /// What to do instead.
  enum Meaning: Equatable {
    /// Parse other arguments.
    case arguments([String])
    /// Say what is wrong.
    case mistake(String)
  }

  /// A command with those that stand below it.
  struct Command {
    let name: String
    let subcommands: [String]
  }

  /// What the arguments mean; nil where the first is a command or an option, or there is none.
  ///
  /// - Parameters:
  ///   - arguments: what follows the program's name.
  ///   - commands: the commands.
  static func meaning(of arguments: [String], commands: [Command]) -> Meaning? {
    guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
    // `help COMMAND SUBCOMMAND` names commands too.
    if first == "help" { return mistake(in: arguments.dropFirst(), of: commands) }
    if commands.contains(where: { $0.name == first }) { return mistake(in: arguments[...], of: commands) }
    if StatisticsDocument.isStatistics(first) { return .arguments(["show"] + arguments) }
    if Files.exists(first) {
      return .mistake(
        "\(first) is a file or folder, not a command; to count the conversations in it: "
          + "tokenstats analyze \(first) --model MODEL")
    }
    return mistake(in: arguments[...], of: commands)
  }

  /// What is wrong with a command's name, and that of one below it; nil where both are there, or none is asked for.
  private static func mistake(in arguments: ArraySlice<String>, of commands: [Command]) -> Meaning? {
    guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
    guard let command = commands.first(where: { $0.name == first }) else {
      return .mistake(unknown(first, among: commands.map(\.name), below: ""))
    }
    guard let second = arguments.dropFirst().first, !second.hasPrefix("-"), !command.subcommands.isEmpty,
      !command.subcommands.contains(second), second != "help"
    else { return nil }
    return .mistake(unknown(second, among: command.subcommands, below: " \(first)"))
  }

  private static func unknown(_ name: String, among commands: [String], below parent: String) -> String {
    let close = CloseNames.question(CloseNames.of(name, in: commands))
    return "there is no command\(parent) \(name)\(close.isEmpty ? "; tokenstats\(parent) --help lists them" : close)"
  }
}
