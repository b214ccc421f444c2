import Datasets
import Support

/// Lines of input that are answered with a line of output each, in the same order.
enum AnsweredLines {
  /// Reads every line of a file, and prints what `answer` makes of it.
  ///
  /// Lines that fail fail the command at its end.
  ///
  /// - Parameters:
  ///   - file: the file; nil or `-` for standard input.
  ///   - hint: what to do about an input that is a table or compressed.
  ///   - answer: the line to print, and whether the line read failed.
  static func forEach(
    of file: String?, hint: String = "", _ answer: (RawSpan) -> (line: [UInt8], failed: Bool)
  ) throws(CommandFailure) {
    var reader = try TextInput.lines(of: file)
    var output = StandardOutput()
    var failures = FailureLog()
    while true {
      // Reading may have to wait for who writes the input, who may wait for the answers.
      if !reader.isNextBuffered() { try output.flush() }
      guard try TextInput.next(&reader) else { break }
      if reader.lineNumber == 1, let kind = DatasetSource.binaryKind(of: reader.line) {
        throw CommandFailure("\(reader.name): this is \(kind), where lines of JSON are expected\(hint)")
      }
      let (line, failed) = answer(reader.line)
      if failed { failures.note("line \(reader.lineNumber)") }
      failures.rows += 1
      try output.writeLine(line)
    }
    try output.flush()
    try failures.end(of: reader.name)
  }
}
