import CTokenstats
import ColumnarFiles
import Datasets
import Support

/// The rows of an array that a caller lends, which outlives the call.
///
/// Unchecked Sendable: what is pointed to is only read.
struct LentRows: @unchecked Sendable {
  /// What the rows are.
  private enum Content {
    /// Texts, counted as they are.
    case texts(LentTexts)
    /// Texts that hold JSON.
    case json(LentTexts)
    /// Lists of messages, or structs that hold one.
    case conversations
  }

  /// What messages call a column without a name.
  private static let column = "messages"

  private let array: UnsafePointer<ArrowArray>
  private let schema: UnsafePointer<ArrowSchema>
  private let content: Content
  /// The number of rows.
  var count: Int { Int(array.pointee.length) }

  /// Looks at the type of an array.
  ///
  /// - Parameter areJSON: Whether strings hold JSON.
  /// - Throws: `FileError` if rows of the type can be neither texts nor conversations.
  init(
    _ array: UnsafePointer<ArrowArray>, _ schema: UnsafePointer<ArrowSchema>, areJSON: Bool
  ) throws(FileError) {
    self.array = array
    self.schema = schema
    if let texts = try LentTexts(array, schema) {
      content = areJSON ? .json(texts) : .texts(texts)
      return
    }
    let format = schema.pointee.format.map { String(cString: $0) } ?? ""
    guard format.hasPrefix("+"), format != "+r" else {
      throw FileError(
        .unsupported, "an array of the format \"\(format)\" holds neither strings nor lists of messages")
    }
    content = .conversations
  }

  /// The texts, where rows are texts.
  var texts: LentTexts? { if case .texts(let texts) = content { texts } else { nil } }

  /// Whether a row is null.
  func isNull(_ row: Int) -> Bool {
    switch content {
    case .texts(let texts), .json(let texts): texts[row] == nil
    case .conversations: !LentTexts.isValid(array, row)
    }
  }

  /// Some of the rows, where they are conversations.
  ///
  /// - Throws: `FileError` if the array cannot be read, `InputError` if its columns hold no conversations.
  func batch(_ rows: Range<Int>) throws -> DatasetBatch {
    switch content {
    case .texts, .conversations:
      return try DatasetBatch(table: RecordBatch(lending: array, schema, named: Self.column, rows: rows))
    case .json(let texts):
      return DatasetBatch(json: rows.map { row in texts[row].map(Array.init) ?? [] }, firstRow: rows.lowerBound)
    }
  }
}

/// The texts of an array, where the lender keeps them.
struct LentTexts: @unchecked Sendable {
  // Sendable: what is pointed to is only read.

  private enum Layout {
    case narrow(UnsafePointer<Int32>, UnsafeRawPointer?)
    case wide(UnsafePointer<Int64>, UnsafeRawPointer?)
    case views(UnsafeRawPointer, UnsafeMutablePointer<UnsafeRawPointer?>)
    case pointers(UnsafePointer<ts_text>)
    case none
  }

  private let array: UnsafePointer<ArrowArray>
  private let layout: Layout
  /// For each row the number of its text, -1 if it is null; nil where row and text are the same.
  private(set) var entries: [Int]?
  /// The number of distinct places for texts: rows, or entries of a dictionary.
  let textCount: Int

  /// Finds the texts; nil if the array holds something else.
  ///
  /// - Throws: `FileError` if buffers are missing, or rows refer to what is not there.
  init?(_ array: UnsafePointer<ArrowArray>, _ schema: UnsafePointer<ArrowSchema>) throws(FileError) {
    let format = schema.pointee.format.map { String(cString: $0) } ?? ""
    if let dictionary = array.pointee.dictionary, let values = schema.pointee.dictionary {
      guard let texts = try LentTexts(dictionary, values) else { return nil }
      self = texts
      try refer(to: try Self.numbers(array, format) { Self.isValid(array, $0) })
    } else if format == "+r", array.pointee.n_children == 2, let ends = array.pointee.children?[0],
      let values = array.pointee.children?[1], let endFormat = schema.pointee.children?[0]?.pointee.format,
      let valueSchema = schema.pointee.children?[1]
    {
      guard let texts = try LentTexts(values, valueSchema) else { return nil }
      self = texts
      try refer(to: try Self.runs(array, try Self.numbers(ends, String(cString: endFormat)) { _ in true }))
    } else {
      self.array = array
      textCount = Int(array.pointee.length)
      let buffers = array.pointee.buffers
      let (first, second) = (
        array.pointee.n_buffers > 1 ? buffers?[1] : nil, array.pointee.n_buffers > 2 ? buffers?[2] : nil
      )
      switch format {
      case "n": layout = .none
      case TS_TEXTS:
        layout = first.map { .pointers($0.assumingMemoryBound(to: ts_text.self)) } ?? .none
      case "u", "z", "U", "Z", "vu", "vz":
        guard let first, let buffers else {
          guard textCount == 0 else { throw .damaged("an array of \(textCount) strings has no buffers") }
          layout = .none
          return
        }
        layout =
          switch format {
          case "u", "z": .narrow(first.assumingMemoryBound(to: Int32.self), second)
          case "U", "Z": .wide(first.assumingMemoryBound(to: Int64.self), second)
          default: .views(first, buffers + 2)
          }
      default: return nil
      }
    }
  }

  /// Makes rows of the numbers of texts.
  private mutating func refer(to numbers: [Int]) throws(FileError) {
    for (row, number) in numbers.enumerated() where number >= textCount {
      throw .damaged("row \(row) refers to entry \(number) of \(textCount)")
    }
    entries = entries.map { inner in numbers.map { $0 < 0 ? -1 : inner[$0] } } ?? numbers
  }

  /// The number of the run that each row of an array is in.
  private static func runs(_ array: UnsafePointer<ArrowArray>, _ ends: [Int]) throws(FileError) -> [Int] {
    var run = 0
    var numbers: [Int] = []
    numbers.reserveCapacity(Int(array.pointee.length))
    for row in 0..<Int(array.pointee.length) {
      while run < ends.count, ends[run] <= Int(array.pointee.offset) + row { run += 1 }
      guard run < ends.count else { throw .damaged("the runs end before row \(row)") }
      numbers.append(run)
    }
    return numbers
  }

  /// Whole numbers that are not negative, -1 where there is none.
  private static func numbers(
    _ array: UnsafePointer<ArrowArray>, _ format: String, isThere: (Int) -> Bool
  ) throws(FileError) -> [Int] {
    guard let buffer = array.pointee.n_buffers > 1 ? array.pointee.buffers?[1] : nil else {
      guard array.pointee.length == 0 else { throw .damaged("an array of numbers has no buffers") }
      return []
    }
    func numbers<Stored: FixedWidthInteger & BitwiseCopyable>(_ type: Stored.Type) -> [Int] {
      let values = buffer.assumingMemoryBound(to: type) + Int(array.pointee.offset)
      return (0..<Int(array.pointee.length)).map { isThere($0) ? Int(clamping: values[$0]) : -1 }
    }
    switch format {
    case "c": return numbers(Int8.self)
    case "C": return numbers(UInt8.self)
    case "s": return numbers(Int16.self)
    case "S": return numbers(UInt16.self)
    case "i": return numbers(Int32.self)
    case "I": return numbers(UInt32.self)
    case "l": return numbers(Int64.self)
    case "L": return numbers(UInt64.self)
    default: throw FileError(.unsupported, "indices of the format \"\(format)\" are not supported")
    }
  }

  /// Whether the bitmap of an array says that a row holds something.
  static func isValid(_ array: UnsafePointer<ArrowArray>, _ row: Int) -> Bool {
    guard array.pointee.null_count != 0, array.pointee.n_buffers > 0, let bits = array.pointee.buffers?[0] else {
      return true
    }
    let place = Int(array.pointee.offset) + row
    return bits.load(fromByteOffset: place >> 3, as: UInt8.self) >> UInt8(place & 7) & 1 == 1
  }

  /// The bytes of a row's text; nil if it is null.
  subscript(row: Int) -> UnsafeRawBufferPointer? {
    guard let entries else { return text(row) }
    return entries[row] < 0 ? nil : text(entries[row])
  }

  /// The bytes of a text by its number; nil if it is null.
  func text(_ number: Int) -> UnsafeRawBufferPointer? {
    guard Self.isValid(array, number) else { return nil }
    let place = Int(array.pointee.offset) + number
    switch layout {
    case .none: return nil
    case .pointers(let texts):
      let text = texts[place]
      return text.size < 0 ? nil : Self.bytes(UnsafeRawPointer(text.bytes), 0, Int(text.size))
    case .narrow(let offsets, let data): return Self.bytes(data, Int(offsets[place]), Int(offsets[place + 1]))
    case .wide(let offsets, let data): return Self.bytes(data, Int(offsets[place]), Int(offsets[place + 1]))
    case .views(let views, let data):
      let view = views + place * 16
      let size = Int(view.load(as: Int32.self))
      if size <= 12 { return Self.bytes(view + 4, 0, size) }
      let start = Int(view.load(fromByteOffset: 12, as: Int32.self))
      return Self.bytes(data[Int(view.load(fromByteOffset: 8, as: Int32.self))], start, start + size)
    }
  }

  private static func bytes(_ data: UnsafeRawPointer?, _ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    // The lender vouches for its offsets; those that decrease would be a crash here.
    guard let data, start >= 0, start < end else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: data + start, count: end - start)
  }
}
