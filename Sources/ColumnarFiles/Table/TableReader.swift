public import Support

/// Reads a table from a file, a batch of rows at a time.
///
/// ```swift
/// var reader = try TableReader(path: "train/data-00000-of-00001.arrow")
/// try reader.select(["messages", "extract_score"])
/// while let batch = try reader.nextBatch() { ... }
/// ```
///
/// The format is recognized by the file's first bytes. Only the selected columns are read from the file and expanded;
/// texts of Arrow files that are not compressed stay where they are, in the mapped file. Every size and offset that the
/// file holds is checked: damaged files lead to errors that name the place.
public struct TableReader: ~Copyable, Sendable {
  /// The file.
  public let path: String
  /// The file's format.
  public let format: TableFormat
  /// All columns of the table, and its metadata.
  public let schema: Schema
  private let file: InputFile
  // One of the two is set. They are changed in place: a copy would keep the memory of the last batch from being reused.
  private var arrow: ArrowReader?
  private var parquet: ParquetReader?
  private let limits: Limits
  /// Bytes of texts that the rows so far share.
  private var sharedBytes = 0
  private var rowsRead = 0
  private var selection: [SelectedColumn]
  private var hasBegun = false

  /// Opens a file and reads its schema.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - isMapped: whether texts may stay in the file, once the program has called ``FileMappings/enable()``. If
  ///     batches are written to another file, a failing disk would look like one that cannot be written to.
  ///   - keepsStoredTypes: whether the schema's fields say how their values are stored, for who copies the table. Times are
  ///     whole numbers then; otherwise they cannot be read.
  ///   - passesOverMembers: whether members of structs that cannot be read, such as times, are left out of schema and
  ///     columns; otherwise a column that has one cannot be read.
  ///   - limits: what is refused because of its size.
  /// - Throws: `FileError` if the file cannot be read, is of no known format, or its schema is damaged.
  public init(
    path: String, isMapped: Bool = true, keepsStoredTypes: Bool = false, passesOverMembers: Bool = false,
    limits: Limits = Limits()
  ) throws(FileError) {
    let file = try InputFile(path, maps: isMapped)
    let format: TableFormat
    var arrow: ArrowReader?
    var parquet: ParquetReader?
    do throws(FileError) {
      format = try Self.format(of: file)
      switch format {
      case .arrowStream: arrow = try ArrowReader(stream: file, limits: limits, keepsStoredTypes: keepsStoredTypes)
      case .arrowFile: arrow = try ArrowReader(file: file, limits: limits, keepsStoredTypes: keepsStoredTypes)
      case .parquet: parquet = try ParquetReader(file, limits: limits, keepsStoredTypes: keepsStoredTypes)
      }
    } catch { throw error.located(path: path) }
    if passesOverMembers {
      arrow?.passOverMembers()
      parquet?.passOverMembers()
    }
    self.path = path
    self.limits = limits
    self.format = format
    self.arrow = arrow
    self.parquet = parquet
    schema = arrow?.schema ?? parquet?.schema ?? Schema([])
    selection = schema.fields.enumerated().map { SelectedColumn(place: ColumnPlace(column: $0), field: $1) }
    self.file = file
  }

  /// Reads only the columns of these names, in the order of the table; `NAME.MEMBER` is the member of a struct, which
  /// becomes a column of that name. To be called before the first batch is read.
  ///
  /// - Throws: `FileError` if the table has no column of one of the names, or a batch was read already.
  public mutating func select(_ names: [String]) throws(FileError) {
    guard !hasBegun else {
      throw FileError(.invalidInput, "columns are selected before the first batch is read").located(path: path)
    }
    var selected: [ColumnPlace: String] = [:]
    for name in names {
      guard let place = schema.place(of: name) else {
        let known = CloseNames.listed(schema.fields.map(\.name))
        throw FileError(.invalidInput, "there is no such column; the columns are \(known)")
          .located(path: path, column: name)
      }
      selected[place] = name
    }
    selection = selected.sorted { $0.key < $1.key }.map { place, name in
      SelectedColumn(place: place, field: schema.field(at: place, name: name))
    }
  }

  /// Divides the table into parts that can be read independently, on several threads by a reader each.
  ///
  /// ```swift
  /// for part in try TableReader(path: path).parts() {
  ///   var reader = try TableReader(path: path)
  ///   try reader.seek(to: part)
  ///   while let batch = try reader.nextBatch() { ... }
  /// }
  /// ```
  ///
  /// - Parameter size: the least bytes of the file in a part, except the last. Row groups of Parquet files and record
  ///   batches of Arrow files are never divided.
  /// - Returns: the parts in order; their rows together are all rows of the table.
  /// - Throws: `FileError` if the file is damaged.
  /// - Complexity: O(number of row groups or record batches). For Arrow the header of each message is read.
  public func parts(ofBytes size: Int = 16 << 20) throws(FileError) -> [TablePart] {
    do throws(FileError) {
      if let parquet { return try parquet.parts(file, size: size) }
      return try arrow?.parts(file, size: size) ?? []
    } catch { throw error.located(path: path) }
  }

  /// Reads only the rows of a part from now on: the next batch is its first, and there is none after its last.
  ///
  /// - Parameter part: a part of this file, from this reader or another.
  /// - Throws: `FileError` if the file has changed since it was divided.
  public mutating func seek(to part: TablePart) throws(FileError) {
    guard part.version == file.version else { throw InputFile.changed.located(path: path) }
    arrow?.seek(to: part)
    parquet?.seek(to: part)
  }

  /// Reads the next rows, at most 4,096; nil after the last.
  ///
  /// - Throws: `FileError` if the file is damaged or uses something that is not supported, or if ``verify()``
  ///   throws. Nothing useful can be read after that.
  public mutating func nextBatch() throws(FileError) -> RecordBatch? {
    if hasBegun { try verify() }
    hasBegun = true
    do throws(FileError) {
      let batch: RecordBatch?
      switch format {
      case .arrowStream, .arrowFile: batch = try arrow?.nextBatch(file, selection: selection)
      case .parquet: batch = try parquet?.nextBatch(file, selection: selection)
      }
      if let batch { try note(batch) }
      return batch
    } catch {
      // If the file has changed meanwhile, that is the reason, whatever the error was.
      try verify()
      throw error.located(path: path)
    }
  }

  /// Refuses a file that has rows, or whose rows share texts, beyond all measure.
  private mutating func note(_ batch: RecordBatch) throws(FileError) {
    rowsRead += batch.rowCount
    guard limits.allows(rows: rowsRead, inFileOf: file.size) else {
      throw .damaged("more than \(rowsRead) rows in a file of \(file.size) bytes, \(limits.fileRowsInWords)")
    }
    for (field, column) in zip(batch.schema.fields, batch.columns) {
      let longest = RowText.longest(in: column, enough: limits.freeText)
      guard limits.allows(text: longest, inFileOf: file.size) else {
        throw FileError.damaged("a row with \(longest) bytes of text in a file of \(file.size) bytes")
          .located(column: field.name)
      }
    }
    // What is counted up to here is more than is allowed, so that a batch which ends the counting is refused itself.
    var shared = SharedText(limit: limits.sharedBytes + limits.sharedPerByte * (min(file.size, 1 << 40) + 1))
    for column in batch.columns { shared.add(column, 0..<column.count) }
    sharedBytes += shared.bytes
    guard limits.allows(sharing: sharedBytes, inFileOf: file.size) else {
      throw .damaged(
        "rows \(batch.firstRow) to \(batch.firstRow + batch.rowCount - 1) and those before share \(sharedBytes) bytes of text, "
          + "more than \(limits.sharedPerByte) times as many as the file has")
    }
  }

  /// Makes sure that all that was read so far is what the file held when it was opened.
  ///
  /// Texts may be the file's own memory: call this after the last batch has been worked on, before its results are
  /// kept. ``nextBatch()`` checks the previous batch.
  ///
  /// - Throws: `FileError` if another program wrote into the file or cut it, or the file can no longer be read.
  public func verify() throws(FileError) {
    do throws(FileError) {
      try file.checkUnchanged()
      try arrow?.checkIntact()
    } catch { throw error.located(path: path) }
  }

  /// About how many bytes of the file the batches so far stand for, where all of it is read from its beginning.
  public var bytesRead: Int {
    let share = parquet?.share ?? arrow?.share(ofSize: file.size) ?? 0
    return Int(Double(file.size) * min(max(share, 0), 1))
  }

  /// Counts all rows of the table without reading columns.
  ///
  /// - Complexity: O(number of record batches) for Arrow, O(1) for Parquet.
  public func countRows() throws(FileError) -> Int {
    if let parquet { return parquet.rowCount }
    do throws(FileError) { return try arrow?.countRows(file) ?? 0 } catch { throw error.located(path: path) }
  }

  private static func format(of file: borrowing InputFile) throws(FileError) -> TableFormat {
    let head = try file.read(count: min(8, file.size), at: 0)
    if head.starts(with: ArrowReader.magic) { return .arrowFile }
    if head.starts(with: ParquetFooter.magic) || head.starts(with: ParquetFooter.encryptedMagic) { return .parquet }
    // A stream begins with the length of its schema message, preceded by FF FF FF FF since Arrow 0.15.
    if head.count == 8, head.starts(with: [255, 255, 255, 255]) || (head[3] == 0 && head[0] & 3 == 0) {
      return .arrowStream
    }
    if head.isEmpty { throw .damaged("the file is empty") }
    throw .damaged("the file is neither Arrow nor Parquet", at: 0)
  }
}

/// A file format for tables.
public enum TableFormat: String, Sendable, CaseIterable {
  /// Arrow IPC stream, as `save_to_disk` writes it.
  case arrowStream = "Arrow IPC stream"
  /// Arrow IPC file, also known as Feather version 2.
  case arrowFile = "Arrow IPC file"
  /// Apache Parquet.
  case parquet = "Parquet"
}
