import ChatTemplates
import ColumnarFiles
public import Support
import TokenStatistics

/// Reads a dataset's rows, a batch at a time.
///
/// ```swift
/// var reader = try DatasetReader(source)
/// var messages: [ChatMessage] = []
/// while let batch = try reader.nextBatch() {
///   for row in 0..<batch.count {
///     try batch.readMessages(of: row, into: &messages)
///     try template.render(messages, of: batch.text, into: &chat)
///   }
/// }
/// ```
///
/// Texts of tables are not copied: messages point into the batch.
public struct DatasetReader: ~Copyable {
  /// The dataset.
  public let source: DatasetSource
  private let columns: FurtherColumns
  private let part: SourcePart?
  // One of the two is set while a file is open.
  private var table: TableReader?
  private var text: TextRowReader?
  private var plan: TablePlan?
  private var nextFile = 0
  /// Rows of the files before the current one.
  private var rowsBefore = 0
  private var rowsInFile = 0
  /// Bytes of the files before the current one.
  private var bytesBefore = 0
  private let answersAtOnce: Bool
  private let readsImages: Bool
  /// Keeps what standard input held.
  private var spooled: SpooledInput?

  /// Opens a dataset.
  ///
  /// - Parameters:
  ///   - source: the dataset.
  ///   - part: the part of the source that is read, from ``DatasetSource/parts(ofBytes:requiring:)``; nil for all of it.
  ///   - extraColumns: further columns that are wanted, for ``DatasetBatch/text(of:row:)``.
  ///   - optionalColumns: more such columns, which are null throughout if they are missing or hold neither text nor
  ///     numbers.
  ///   - argumentColumns: columns that are arguments of the template, for ``DatasetBatch/arguments(of:)``, beside those
  ///     that always are.
  ///   - keepsMembers: whether all other members are arguments too.
  ///   - answersAtOnce: whether a batch ends where more input would have to be waited for, because who writes it may
  ///     wait for answers.
  ///   - readsImages: whether the sizes of images are read, which columns and files of rows hold.
  /// - Throws: `InputError` if the first file cannot be opened, or lacks a column or holds it in another type.
  public init(
    _ source: DatasetSource, part: SourcePart? = nil, extraColumns: [String] = [], optionalColumns: [String] = [],
    argumentColumns: [String] = [], keepsMembers: Bool = false, answersAtOnce: Bool = false, readsImages: Bool = false
  ) throws(InputError) {
    self.source = source
    self.readsImages = readsImages
    self.part = part
    self.answersAtOnce = answersAtOnce
    columns = FurtherColumns(
      required: extraColumns, optional: optionalColumns, arguments: RowArguments.names, demanded: argumentColumns,
      keepsAll: keepsMembers,
      // What the program makes of a role or a trait keeps the prompt that became a message.
      redundant: source.name.kind == .dataset ? [] : ["system_prompt"])
    if let part {
      nextFile = part.file
      rowsBefore = part.rowsBefore
    }
    if let layout = source.layout {
      let named = extraColumns + argumentColumns + (source.shape?.namedColumns ?? [])
      do throws(InputError) { try NamedColumns.check(named, in: source, layout: layout) } catch {
        throw error.named(source.name.description)
      }
    }
    try openNextFile()
  }

  /// The next rows; nil after the last.
  ///
  /// - Throws: `InputError` if a file is damaged or holds something that is not supported.
  public mutating func nextBatch() throws(InputError) -> DatasetBatch? {
    while true {
      if let batch = try readBatch() {
        rowsInFile += batch.count
        if batch.count == 0 { continue }
        return batch
      }
      guard nextFile < source.files.count, part == nil else { return nil }
      try openNextFile()
    }
  }

  /// About how many bytes of the files, or of the part, the rows so far stand for; for who shows how far work has come.
  public var bytesRead: Int {
    if let part, case .table(let place) = part.place {
      return Int(Double(part.bytes) * Double(rowsInFile) / Double(max(1, place.rowCount)))
    }
    switch table {
    case .some(let table): return bytesBefore + table.bytesRead
    case nil: break
    }
    switch text {
    case .some(let text): return bytesBefore + text.bytesRead
    case nil: return bytesBefore
    }
  }

  /// Makes sure that all that was read so far is what the files held when they were opened. To be called when the last
  /// batch has been worked on; ``nextBatch()`` does it for the previous batch.
  ///
  /// - Throws: `InputError` if another program changed the file at hand, or it can no longer be read.
  public func verify() throws(InputError) {
    do throws(FileError) { try table?.verify() } catch { throw unreadable(error.description) }
  }

  private mutating func readBatch() throws(InputError) -> DatasetBatch? {
    if let plan {
      do throws(FileError) {
        return try table?.nextBatch().map { DatasetBatch($0, plan: plan, rowsBefore: rowsBefore) }
      } catch { throw unreadable(error.description) }
    }
    do throws(FileError) { return try text?.nextBatch(firstRow: rowsBefore + rowsInFile) } catch {
      throw unreadable(error.description)
    }
  }

  private mutating func openNextFile() throws(InputError) {
    rowsBefore += rowsInFile
    rowsInFile = 0
    guard nextFile < source.files.count else { return }
    if part == nil, nextFile > 0 { bytesBefore += Files.status(source.files[nextFile - 1])?.size ?? 0 }
    let file = source.files[nextFile]
    do throws(InputError) {
      if let layout = source.layout { try openText(file, layout) } else { try openTable(file) }
    } catch { throw error.named(source.name.description) }
    nextFile += 1
  }

  private mutating func openTable(_ file: String) throws(InputError) {
    var opened: TableReader
    do throws(FileError) {
      opened = try TableReader(path: file, passesOverMembers: true, limits: source.limits)
    } catch { throw .unreadable(error.description) }
    let plan = try TablePlan(opened.schema, shape: source.shape, columns: columns, images: images(beside: file))
    do throws(FileError) {
      try opened.select(plan.names)
      if case .table(let place)? = part?.place { try opened.seek(to: place) }
    } catch { throw .unreadable(error.description) }
    self.plan = plan
    table = consume opened
  }

  private mutating func openText(_ file: String, _ layout: RecordLayout) throws(InputError) {
    var range: Range<Int>?
    var linesBefore = 0
    if case .lines(let bytes, let before)? = part?.place { (range, linesBefore) = (bytes, before) }
    var window = try openedWindow(file, range)
    // What standard input holds is not known before.
    let isUnknown = file == "-" && source.format == .jsonLines
    let isLines = if isUnknown { try Self.isLines(&window) } else { true }
    guard isLines else { return try openSpooled(&window) }
    // A part of a file of fields lacks the line with their names.
    let whole = range == nil ? nil : try openedWindow(file)
    let header = if let whole { try TextRowReader.header(whole, layout: layout) } else { [String]?.none }
    text = try TextRowReader(
      window, layout: layout, format: source.format, shape: source.shape, columns: columns, header: header,
      linesBefore: linesBefore, answersAtOnce: answersAtOnce, images: images(beside: file))
  }

  private func images(beside file: String) -> ImageReading? { readsImages ? ImageReading(beside: file) : nil }

  private func openedWindow(_ path: String, _ range: Range<Int>? = nil) throws(InputError) -> TextWindow {
    do throws(FileError) { return try TextWindow.open(path, range: range, limits: source.limits) } catch {
      throw .unreadable(error.description)
    }
  }

  private static func isLines(_ window: inout TextWindow) throws(InputError) -> Bool {
    do throws(FileError) { return try StoredKind.isLines(&window) } catch { throw .unreadable(error.description) }
  }

  /// Reads standard input to its end, and then the file that it makes.
  private mutating func openSpooled(_ window: inout TextWindow) throws(InputError) {
    let spooled: SpooledInput
    do throws(FileError) {
      spooled = try SpooledInput { (buffer) throws(FileError) in try window.take(into: buffer) }
    } catch { throw .unreadable(error.description) }
    self.spooled = spooled
    let named = source.shape?.contentColumns ?? []
    let kind = try StoredKind(of: spooled.path, options: StoredKind.Options(columns: named, limits: source.limits))
    guard let layout = kind.layout else { return try openTable(spooled.path) }
    let shape: RowShape?
    if source.shape == nil, kind.format != .text {
      // Pairs have no one shape: each row says then that it is one.
      let shapes = try ShapeSample(of: spooled.path, kind: kind, limits: source.limits).guesses(ShapeOptions())
      shape = shapes.count == 1 ? shapes[0].shape : nil
    } else {
      shape = source.shape
    }
    let text = try openedWindow(spooled.path)
    self.text = try TextRowReader(
      text, layout: layout, format: kind.format, shape: shape, columns: columns, images: images(beside: "-"))
  }

  private func unreadable(_ message: String) -> InputError {
    InputError(.unreadable, dataset: source.name.description, message)
  }
}
