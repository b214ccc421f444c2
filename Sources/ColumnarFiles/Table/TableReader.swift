/// Reads a table from a file, a batch of rows at a time.
///
/// ```swift
/// var reader = try TableReader(path: "train/data-00000-of-00001.arrow")
/// try reader.select(["messages", "extract_score"])
/// while let batch = try reader.nextBatch() { ... }
/// ```
///
/// The format is told from the file's first bytes. Only the selected columns are read from the file and expanded. Every size
/// and offset that the file holds is checked: damaged files lead to errors that name the place.
public struct TableReader: ~Copyable, Sendable {
  /// The file.
  public let path: String
  /// The file's format.
  public let format: TableFormat
  /// All columns of the table, and its metadata.
  public let schema: Schema
  private var arrow: ArrowReader?
  private var selection: [Int]

  /// Opens a file and reads its schema.
  ///
  /// - Throws: where the file cannot be read, is of no known format, or is damaged where its schema stands.
  public init(path: String) throws(ColumnarFileError) {
    do throws(ColumnarFileError) {
      let file = try InputFile(path)
      let format = try Self.format(of: file)
      switch format {
      case .arrowStream: arrow = try ArrowReader(stream: file)
      case .arrowFile: arrow = try ArrowReader(file: file)
      case .parquet: throw ColumnarFileError.unsupported("Parquet is not supported")
      }
      schema = arrow?.schema ?? Schema([])
      self.format = format
    } catch { throw error.located(path: path) }
    self.path = path
    selection = Array(schema.fields.indices)
  }

  /// Reads only the columns of these names from the next batch on, in the order of the table.
  ///
  /// - Throws: where the table has no column of one of the names.
  public mutating func select(_ names: [String]) throws(ColumnarFileError) {
    var selected: Set<Int> = []
    for name in names {
      guard let index = schema.index(of: name) else {
        let known = schema.fields.map(\.name).joined(separator: ", ")
        throw ColumnarFileError(.invalidInput, "there is no such column; the columns are \(known)")
          .located(path: path, column: name)
      }
      selected.insert(index)
    }
    selection = selected.sorted()
  }

  /// Reads the next rows, nil after the last.
  ///
  /// - Throws: where the file is damaged or uses what is not supported; reading on after that is not useful.
  public mutating func nextBatch() throws(ColumnarFileError) -> RecordBatch? {
    do throws(ColumnarFileError) {
      return try arrow?.nextBatch(selection: selection)
    } catch { throw error.located(path: path) }
  }

  /// Counts all rows of the table without reading columns.
  ///
  /// - Complexity: O(number of record batches) for Arrow, O(1) for Parquet.
  public func countRows() throws(ColumnarFileError) -> Int {
    do throws(ColumnarFileError) {
      return try arrow?.countRows() ?? 0
    } catch { throw error.located(path: path) }
  }

  private static func format(of file: borrowing InputFile) throws(ColumnarFileError) -> TableFormat {
    let head = try file.read(count: min(8, file.size), at: 0)
    if head.starts(with: ArrowReader.magic) { return .arrowFile }
    if head.starts(with: Array("PAR1".utf8)) || head.starts(with: Array("PARE".utf8)) { return .parquet }
    // A stream begins with the length of its schema message, behind the mark FF FF FF FF since Arrow 0.15.
    if head.count == 8, head.starts(with: [255, 255, 255, 255]) || (head[3] == 0 && head[0] & 3 == 0) {
      return .arrowStream
    }
    if head.isEmpty { throw .damaged("the file is empty") }
    throw .damaged("the file is neither Arrow nor Parquet", at: 0)
  }
}
