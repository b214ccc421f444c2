public import Datasets
import JSON
public import Support

/// Writes the rows of a source that are kept, in their order and with all their columns, and the others with the reasons.
public struct FilteredCopy: Sendable {
  /// The source.
  public let source: DatasetSource
  /// Which rows are kept.
  public let decisions: FilterDecisions
  /// The file or folder of the rows that are kept.
  public let output: String
  /// The form of it.
  public let form: RowOutputForm

  /// Makes a copy that is not written yet.
  public init(
    of source: DatasetSource, _ decisions: FilterDecisions, to output: String, as form: RowOutputForm
  ) {
    self.source = source
    self.decisions = decisions
    self.output = output
    self.form = form
  }

  /// The file beside an output that holds the rejected rows.
  public static func rejected(beside output: String) -> String {
    // Behind a slash, or the names `.` and `..`, it would be in the folder that is to be made.
    let name = Files.lastComponent(output)
    let isPlain = output.hasSuffix(name) && name != "." && name != ".."
    return (isPlain ? output : Files.absolute(output)) + ".rejected.jsonl"
  }

  /// Reads the source again and writes both.
  ///
  /// A rejected row is a line `{"row":..,"reasons":[..],"length":..,"data":..}`, and `"message"` says why it failed. Of a
  /// pair, `"chosen"` and `"rejected"` say it for both sides: `{"reasons":[..],"length":..}`.
  ///
  /// - Parameters:
  ///   - addsLength: whether kept rows get a column `length`, or `chosen_length` and `rejected_length`.
  ///   - stop: asked before each batch of rows.
  /// - Returns: whether all was written; false if the work was stopped, and then nothing is left.
  /// - Throws: `InputError` if the source cannot be read or changed since its rows were counted, or something cannot be
  ///   written; nothing is left then.
  public func write(addsLength: Bool, stop: StopFlag = StopFlag()) throws(InputError) -> Bool {
    let decisions = decisions
    let table = form == .jsonLines ? nil : try TableShape(of: source, including: decisions.keeps)
    var kept = try RowOutput.open(
      output, as: form, table: table, lengthColumns: addsLength ? decisions.lengthColumns : [])
    var rejected = try LineFile(Self.rejected(beside: output))
    do throws(InputError) {
      var reader = try StoredRowReader(source)
      while let rows = try reader.next() {
        if stop.isRequested { return false }
        try copy(rows, to: &kept, &rejected)
      }
      try reader.verify()
    } catch {
      // If the files have changed meanwhile, that is the reason, whatever the error was.
      if error.kind == .unreadable { try source.checkUnchanged() }
      throw error
    }
    try source.checkUnchanged()
    try rejected.finish()
    try kept.finish()
    return true
  }

  private func copy(_ rows: StoredRows, to kept: inout RowOutput, _ rejected: inout LineFile) throws(InputError) {
    var chosen: [Int] = []
    var lengths: [[Int]] = []
    var lines: [UInt8] = []
    for row in 0..<rows.count {
      let faults = decisions.faults(of: rows.firstRow + row)
      if faults.isEmpty {
        chosen.append(row)
        lengths.append(decisions.lengths(of: rows.firstRow + row))
      } else if faults != .notSelected {
        appendRejected(row, of: rows, faults, to: &lines)
      }
    }
    try kept.append(chosen, of: rows, lengths: lengths)
    try rejected.write(lines)
  }

  private func appendRejected(_ row: Int, of rows: StoredRows, _ faults: RowFaults, to lines: inout [UInt8]) {
    let number = rows.firstRow + row
    lines += Array("{\"row\":\(number),".utf8)
    if decisions.arePairs {
      Self.appendReasons(faults, to: &lines)
      for side in decisions.sides {
        lines += Array(",\"\(side.name)\":{".utf8)
        Self.append(side.rows, number, to: &lines)
        lines.append(UInt8(ascii: "}"))
      }
    } else {
      Self.append(decisions.sides[0].rows, number, to: &lines)
    }
    rows.appendData(row, to: &lines)
    lines += Array("}\n".utf8)
  }

  /// Appends why a conversation does not fit, and its length or why it has none.
  private static func append(_ side: FilterCollector.Summary, _ row: Int, to lines: inout [UInt8]) {
    let (faults, length) = side.decision(about: row)
    appendReasons(faults, to: &lines)
    if let failure = side.failures[row] {
      lines += Array(",\"message\":".utf8)
      JSONWriter.appendQuoted(failure.utf8.span.bytes, to: &lines)
    } else {
      lines += Array(",\"length\":\(length)".utf8)
    }
  }

  private static func appendReasons(_ faults: RowFaults, to lines: inout [UInt8]) {
    let names = RowFaults.names.filter { faults.contains($0.fault) }.map { "\"\($0.name)\"" }
    lines += Array("\"reasons\":[\(names.joined(separator: ","))]".utf8)
  }
}
