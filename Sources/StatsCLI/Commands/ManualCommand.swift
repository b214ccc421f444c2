import ArgumentParser
import JSON

/// Prints the manual page, made from the same declarations as the help texts.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Print the manual page.",
    discussion: "Example: tokenstats manual | man -l -",
    shouldDisplay: false)

  func run() throws {
    var output = StandardOutput()
    let description = try JSONValue.parse(TokenStats._dumpHelp())
    guard let command = description["command"]?.objectValue else { throw CommandFailure("the help holds no command") }
    try output.write(ManualPage(command: command, version: TokenStats.version).text)
    try output.flush()
  }
}
