import Datasets
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
    if Files.exists(first) { return .mistake(line(for: first)) }
    return mistake(in: arguments[...], of: commands)
  }

  /// What to type for a file or folder.
  private static func line(for path: String) -> String {
    var lookup = SourceLookup(folder: "")
    // The name is not shown.
    lookup.model = "any"
    let sources: [DatasetSource]
    do throws(InputError) { sources = try lookup.sources(path) } catch {
      return "\(path) is no command, and no data: \(error.message)"
    }
    if sources.allSatisfy({ $0.format == .text }) {
      let verb = Files.isDirectory(path) ? "holds" : "is"
      return "\(path) \(verb) plain text, neither a command nor conversations; to count its tokens: "
        + "tokenstats count \(path) --model MODEL"
    }
    // Names of datasets hold the models that count them.
    let model = sources.allSatisfy(\.isNamedByData) ? "" : " --model MODEL"
    return "\(path) is a file or folder, not a command; to count the conversations in it: "
      + "tokenstats analyze \(path)\(model)"
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
