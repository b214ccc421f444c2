import ArgumentParser
import JSON
import Support

/// Prints the manual page of the program or of a command, made from the same declarations as the help texts.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Print the manual page.",
    discussion: "Example: tokenstats manual | man -l -",
    shouldDisplay: false)

  @Argument(
    help: ArgumentHelp("The command whose page is printed; the whole program's by default.", valueName: "command"))
  var command: String?

  @Flag(help: "List the commands that have pages.")
  var list = false

  func run() throws {
    var output = StandardOutput()
    let description = try JSONValue.parse(TokenStats._dumpHelp())
    guard let root = description["command"]?.objectValue else { throw CommandFailure("the help holds no command") }
    let commands = ManualPage.shownCommands(of: root)
    let names = commands.compactMap { $0["commandName"]?.stringValue }
    if list {
      for name in names { try output.writeLine(name) }
    } else if let command {
      guard let wanted = commands.first(where: { $0["commandName"]?.stringValue == command }) else {
        let close = CloseNames.question(CloseNames.of(command, in: names))
        throw CommandFailure("there is no command \(command)\(close)", status: .usage)
      }
      try output.write(ManualPage(subcommand: wanted, of: root, version: TokenStats.version).text)
    } else {
      try output.write(ManualPage(command: root, version: TokenStats.version).text)
    }
    try output.flush()
  }
}
