import Support

/// A part of a table that can be read by itself: row groups of a Parquet file, or record batches of an Arrow file.
///
/// Parts are the unit of work: readers of one file on several threads read a part each, and the rows of all parts in
/// their order are the rows of the table.
public struct TablePart: Sendable, Hashable {
  /// Number in the table of the part's first row, counted from 0.
  public let firstRow: Int
  /// Number of rows.
  public let rowCount: Int
  /// Bytes of the part in the file, those of columns that are not selected included.
  public let byteCount: Int
  /// The row groups or record batches, counted from 0.
  let units: Range<Int>
  /// Offset of the first message of an Arrow stream.
  let offset: Int
  /// Offsets of the dictionaries' messages of an Arrow file that apply to the first record batch.
  let dictionaries: [Int]
  /// What the file was like when it was divided.
  let version: InputFile.Version
}

/// Collects row groups or record batches until a part is large enough.
struct TablePartBuilder {
  private(set) var parts: [TablePart] = []
  private let size: Int
  private let version: InputFile.Version
  private var unit = 0
  private var row = 0
  /// The part that is being collected; nil before its first unit.
  private var open: TablePart?

  /// - Parameter size: the bytes at which a part is complete.
  init(size: Int, version: InputFile.Version) {
    self.size = size
    self.version = version
  }

  /// Adds a row group or record batch.
  ///
  /// - Parameters:
  ///   - rowCount: number of rows of the unit.
  ///   - byteCount: bytes of the unit in the file.
  ///   - offset: offset of the unit in the file, or of the first message before it that belongs to no other unit.
  ///   - dictionaries: offsets of the dictionaries that apply at `offset`.
  mutating func append(
    rowCount: Int, byteCount: Int, offset: Int = 0, dictionaries: @autoclosure () -> [Int] = []
  ) throws(FileError) {
    let (end, overflow) = row.addingReportingOverflow(rowCount)
    guard !overflow else { throw .damaged("the table has more than \(Int.max) rows") }
    let part = TablePart(
      firstRow: open?.firstRow ?? row, rowCount: (open?.rowCount ?? 0) + rowCount,
      byteCount: (open?.byteCount ?? 0) + byteCount, units: (open?.units.lowerBound ?? unit)..<unit + 1,
      offset: open?.offset ?? offset, dictionaries: open?.dictionaries ?? dictionaries(), version: version)
    unit += 1
    row = end
    open = part
    if part.byteCount >= size { close() }
  }

  private mutating func close() {
    if let open { parts.append(open) }
    open = nil
  }

  /// All parts; together they hold every unit that was added.
  consuming func finish() -> [TablePart] {
    close()
    return parts
  }
}
