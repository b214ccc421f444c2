import ArgumentParser
import Reports

/// In which form a table of results is printed.
struct ResultOptions: ParsableArguments {
  @Flag(help: "Print a JSON array of objects.")
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  func validate() throws {
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
  }

  /// Whether other programs read the result.
  var isForPrograms: Bool { json || tsv }

  /// Prints a table in the form that was asked for.
  func print(_ table: ResultTable, to output: inout StandardOutput) throws(CommandFailure) {
    if json {
      try output.write(bytes: table.json)
    } else if tsv {
      try output.write(bytes: table.tabSeparated)
    } else {
      for line in table.lines(width: TerminalScreen.standardOutput?.columns) { try output.writeLine(line) }
    }
  }
}
