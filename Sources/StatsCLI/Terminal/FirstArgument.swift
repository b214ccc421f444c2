import Support
import TokenStatistics

/// What a first argument means that is no command: a file, or a command that was mistyped.
enum FirstArgument {
  /// What to do instead.
  enum Meaning: Equatable {
    /// Parse other arguments.
    case arguments([String])
    /// Say what is wrong.
    case mistake(String)
  }

  /// What the arguments mean; nil where the first is a command or an option, or there is none.
  ///
  /// - Parameters:
  ///   - arguments: what follows the program's name.
  ///   - commands: the names of the commands.
  static func meaning(of arguments: [String], commands: [String]) -> Meaning? {
    guard let first = arguments.first, !first.hasPrefix("-"), !commands.contains(first), first != "help" else {
      return nil
    }
    if StatisticsDocument.isStatistics(first) { return .arguments(["show"] + arguments) }
    if Files.exists(first) {
      return .mistake(
        "\(first) is a file or folder, not a command; to count the conversations in it: "
          + "tokenstats analyze \(first) --model MODEL")
    }
    let close = CloseNames.question(CloseNames.of(first, in: commands))
    return .mistake("there is no command \(first)\(close.isEmpty ? "; tokenstats --help lists them" : close)")
  }
}
