import ArgumentParser
import Reports
import Support

/// In which form a table of results is printed.
struct ResultOptions: ParsableArguments {
  @Flag(help: "Print a JSON array of objects.")
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  @OptionGroup var width: TableOptions

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
      try output.write(table, isWide: width.wide)
    }
  }
}

/// How the table of a command is printed that has other forms too, such as JSON of its own.
struct TableFormOptions: ParsableArguments {
  @Flag(help: "Print the table as tab-separated values, and nothing else.")
  var tsv = false

  @OptionGroup var width: TableOptions

  /// Prints the table.
  ///
  /// - Parameters:
  ///   - isShown: whether people see it; a table without rows tells them nothing.
  ///   - columns: the columns to fill; nil for those of the terminal.
  func print(
    _ table: ResultTable, to output: inout StandardOutput, isShown: Bool = true, columns: Int? = nil
  ) throws(CommandFailure) {
    if tsv {
      try output.write(bytes: table.tabSeparated)
    } else if isShown {
      try output.write(table, isWide: width.wide, columns: columns)
    }
  }
}

/// How wide tables are.
struct TableOptions: ParsableArguments {
  @Flag(help: "Print all columns of the table, however narrow the terminal is.")
  var wide = false
}

extension StandardOutput {
  /// Appends a table that fits the terminal, or so many columns, and says what was left out for that.
  mutating func write(_ table: ResultTable, isWide: Bool, columns: Int? = nil) throws(CommandFailure) {
    let width = isWide ? nil : columns ?? TerminalScreen.standardOutput?.columns
    let (lines, omitted) = table.fitted(width: width)
    for line in lines { try writeLine(line) }
    guard !omitted.isEmpty else { return }
    Messages.notice("left out for want of room: \(omitted.joined(separator: ", ")); --wide shows all columns")
  }
}

/// The files that a command is to write: checked before its work, since each replaces what stands under its name.
struct OutputFiles {
  /// What messages call each, as in "--output t.json", and its path.
  private var files: [(name: String, path: String)] = []

  /// Adds the file that an option names.
  ///
  /// - Throws: a usage error where it is `-` or one that another option names; a failure where no file can be there.
  mutating func add(_ option: String, _ path: String) throws(CommandFailure) {
    if path == "-" {
      throw CommandFailure(
        "\(option) -: what is written is a file and needs a name; for a file that is called so, \(option) ./-",
        status: .usage)
    }
    try add(path, named: "\(option) \(path)")
  }

  /// Adds a file that is written beside the one that an option names.
  mutating func add(_ path: String, beside option: String, _ page: String) throws(CommandFailure) {
    try add(path, named: "\(path), written beside \(option) \(page),")
  }

  private mutating func add(_ path: String, named name: String) throws(CommandFailure) {
    for file in files where Files.areSame(file.path, path) { throw Self.conflict(file.name, name) }
    files.append((name, path))
  }

  /// Makes sure that an input is none of the files.
  ///
  /// - Parameter name: what messages call the input, as in "--names list.txt".
  func keep(_ input: String, named name: String) throws(CommandFailure) {
    for file in files where Files.areSame(file.path, input) { throw Self.conflict(file.name, name) }
  }

  /// Makes sure that none of the files is a part of what `find` looks through.
  ///
  /// - Parameter find: what messages call the input that a file is a part of; nil where it is of none.
  func keep(_ find: (_ file: String) -> String?) throws(CommandFailure) {
    for file in files {
      if let name = find(file.path) { throw Self.conflict(file.name, name) }
    }
  }

  /// Makes sure that files can stand where they are to be: no folder, pipe or device does.
  func check() throws(CommandFailure) {
    do throws(FileError) {
      for file in files { try AtomicFile.target(of: file.path) }
    } catch { throw CommandFailure(error.description) }
  }

  private static func conflict(_ name: String, _ other: String) -> CommandFailure {
    CommandFailure(
      "\(name) and \(other) are one file, and one would replace the other: name another file", status: .usage)
  }
}
