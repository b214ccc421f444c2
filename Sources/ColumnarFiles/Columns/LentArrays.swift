public import CTokenstats
public import Support

extension RecordBatch {
  /// Makes a batch of some rows of an array that another program part lends through the Arrow C Data Interface.
  ///
  /// The columns are views of the lender's memory, except where a layout has to be resolved: views of texts,
  /// dictionaries, run ends, bits that do not begin a byte. The array must outlive the batch and all that is taken of it.
  ///
  /// - Parameters:
  ///   - array: The array; one of structs becomes a column for each part.
  ///   - schema: Its type.
  ///   - name: What the column of any other array is called.
  ///   - rows: The rows, which keep their numbers.
  /// - Throws: `FileError` if the type is none that is known, or buffers contradict each other.
  /// - Complexity: O(number of `rows`, and of the elements of their lists).
  public init(
    lending array: UnsafePointer<ArrowArray>, _ schema: UnsafePointer<CTokenstats.ArrowSchema>, named name: String,
    rows: Range<Int>
  ) throws(FileError) {
    var reader = LentArrayReader()
    let fields: [Field]
    let columns: [Column]
    if case .struct(let column) = try reader.column(array, schema, rows, depth: 0) {
      (fields, columns) = (column.fields, column.columns)
    } else {
      (fields, columns) = (
        [LentArrayReader.field(schema, name: name)], [try reader.column(array, schema, rows, depth: 0)]
      )
    }
    try self.init(schema: Schema(fields), columns: columns, rowCount: rows.count, firstRow: rows.lowerBound)
  }
}

/// Turns lent arrays into columns. Formats: https://arrow.apache.org/docs/format/CDataInterface.html.
private struct LentArrayReader {
  private typealias LentArray = UnsafePointer<ArrowArray>
  private typealias LentType = UnsafePointer<CTokenstats.ArrowSchema>

  private var pool = MemoryPool()
  private static let depthLimit = Limits().nesting

  // MARK: Types

  /// The name and type of an array.
  static func field(_ schema: UnsafePointer<CTokenstats.ArrowSchema>, name: String? = nil) -> Field {
    var field = Field(
      name ?? schema.pointee.name.map { String(cString: $0) } ?? "", type(schema),
      isNullable: schema.pointee.flags & Int64(ARROW_FLAG_NULLABLE) != 0)
    field.holdsJSON = extensionName(schema) == "arrow.json"
    return field
  }

  private static func type(_ schema: LentType) -> ColumnType {
    if let dictionary = schema.pointee.dictionary { return type(dictionary) }
    let format = text(schema)
    let children = (0..<Int(schema.pointee.n_children)).compactMap { schema.pointee.children?[$0] }
    switch format {
    case "n": return .null
    case "b": return .bool
    case "c", "C", "s", "S", "i", "I", "l", "L": return .int64
    case "e", "f", "g": return .double
    case "u", "U", "z", "Z", "vu", "vz": return .utf8
    case "+s": return .struct(children.map { field($0) })
    case "+r" where children.count == 2: return type(children[1])
    default: break
    }
    if isList(format), let element = children.first { return .list(field(element)) }
    return .unsupported(format)
  }

  private static func isList(_ format: String) -> Bool {
    ["+l", "+L", "+vl", "+vL", "+m"].contains(format) || format.hasPrefix("+w:")
  }

  private static func text(_ schema: LentType) -> String { schema.pointee.format.map { String(cString: $0) } ?? "" }

  /// The value of `ARROW:extension:name` among the metadata: a count, then each key and value with its length before it.
  private static func extensionName(_ schema: LentType) -> String? {
    guard let metadata = schema.pointee.metadata else { return nil }
    var place = UnsafeRawPointer(metadata)
    func number() -> Int {
      defer { place += 4 }
      return Int(place.loadUnaligned(as: Int32.self))
    }
    func string() -> String {
      let size = number()
      defer { place += size }
      return String(decoding: UnsafeRawBufferPointer(start: place, count: size), as: UTF8.self)
    }
    for _ in 0..<number() {
      let key = string()
      let value = string()
      if key == "ARROW:extension:name" { return value }
    }
    return nil
  }

  // MARK: Values

  /// The column of some rows.
  mutating func column(
    _ array: UnsafePointer<ArrowArray>, _ schema: UnsafePointer<CTokenstats.ArrowSchema>, _ rows: Range<Int>, depth: Int
  ) throws(FileError) -> Column {
    do throws(FileError) { return try values(array, schema, rows, depth: depth) } catch {
      throw error.located(column: schema.pointee.name.map { String(cString: $0) } ?? "")
    }
  }

  private mutating func values(
    _ array: LentArray, _ schema: LentType, _ rows: Range<Int>, depth: Int
  ) throws(FileError) -> Column {
    guard depth < Self.depthLimit else { throw .damaged("columns nest deeper than \(Self.depthLimit) levels") }
    guard rows.lowerBound >= 0, rows.upperBound <= Int(array.pointee.length), array.pointee.offset >= 0 else {
      throw .damaged("\(array.pointee.length) values where \(rows.upperBound) are needed")
    }
    if let entries = schema.pointee.dictionary, let dictionary = array.pointee.dictionary {
      let values = try column(dictionary, entries, 0..<Int(dictionary.pointee.length), depth: depth + 1)
      guard let indices = try numbers(array, Self.text(schema), rows) else {
        throw .unsupported("indices of the format \(Self.text(schema)) are not supported")
      }
      return try values.taking(indices, pool: &pool)
    }
    let format = Self.text(schema)
    if let numbers = try numbers(array, format, rows) { return .int64(numbers) }
    switch format {
    case "n": return .nulls(rows.count)
    case "b":
      let first = Int(array.pointee.offset) + rows.lowerBound
      let bits = try bits(lent(array, 1, first >> 3, (rows.count + (first & 7) + 7) >> 3), from: first & 7, rows.count)
      return .bool(BoolColumn(count: rows.count, validity: try validity(array, rows), bits: bits))
    case "e":
      let stored = try slice(array, 1, rows, size: 2)
      let values = try pool.values(rows.count) { (row) throws(FileError) in
        Presentation.half(stored.value(row, as: UInt16.self))
      }
      return .double(PrimitiveColumn<Double>(count: rows.count, validity: try validity(array, rows), values: values))
    case "f":
      return .double(
        try PrimitiveColumn<Double>(
          singles: slice(array, 1, rows, size: 4), validity: validity(array, rows), pool: &pool))
    case "g":
      return .double(
        PrimitiveColumn<Double>(
          count: rows.count, validity: try validity(array, rows), values: try slice(array, 1, rows, size: 8)))
    case "u", "z", "U", "Z": return .utf8(try texts(array, rows, isWide: format == "U" || format == "Z"))
    case "vu", "vz": return .utf8(try views(array, rows))
    case "+s": return try structs(array, schema, rows, depth: depth)
    case "+r": return try runs(array, schema, rows, depth: depth)
    default: break
    }
    if Self.isList(format) { return try lists(array, schema, format, rows, depth: depth) }
    // Members that no template reads may be of any type.
    return .nulls(rows.count)
  }

  /// Whole numbers; nil if the format is another.
  private mutating func numbers(
    _ array: LentArray, _ format: String, _ rows: Range<Int>
  ) throws(FileError) -> PrimitiveColumn<Int64>? {
    let widths = ["c": 8, "C": 8, "s": 16, "S": 16, "i": 32, "I": 32, "l": 64, "L": 64]
    guard let bits = widths[format] else { return nil }
    return try PrimitiveColumn<Int64>(
      slice(array, 1, rows, size: bits / 8), bits: bits, isSigned: format == format.lowercased(),
      validity: validity(array, rows), pool: &pool)
  }

  private mutating func texts(_ array: LentArray, _ rows: Range<Int>, isWide: Bool) throws(FileError) -> UTF8Column {
    let size = isWide ? 8 : 4
    let offsets = try lent(array, 1, (Int(array.pointee.offset) + rows.lowerBound) * size, (rows.count + 1) * size)
    var end = 0
    if !rows.isEmpty {
      end = isWide ? Int(offsets.value(rows.count, as: Int64.self)) : Int(offsets.value(rows.count, as: Int32.self))
    }
    let data = try lent(array, 2, 0, max(0, end))
    return UTF8Column(
      count: rows.count, validity: try validity(array, rows),
      offsets: try Offsets(offsets, isWide: isWide, count: rows.count, limit: data.count), buffer: data)
  }

  private mutating func views(_ array: LentArray, _ rows: Range<Int>) throws(FileError) -> UTF8Column {
    let views = try slice(array, 1, rows, size: 16)
    // After the data come their sizes.
    let count = max(0, Int(array.pointee.n_buffers) - 3)
    let sizes = try lent(array, count + 2, 0, count * 8)
    var data: [BufferSlice] = []
    for number in 0..<count {
      data.append(try lent(array, number + 2, 0, Int(sizes.value(number, as: Int64.self))))
    }
    return try UTF8Column(views: views, data: data, validity: validity(array, rows), pool: &pool)
  }

  private mutating func structs(
    _ array: LentArray, _ schema: LentType, _ rows: Range<Int>, depth: Int
  ) throws(FileError) -> Column {
    let first = Int(array.pointee.offset) + rows.lowerBound
    var fields: [Field] = []
    var columns: [Column] = []
    for number in 0..<Int(schema.pointee.n_children) {
      let (part, format) = try child(number, array, schema)
      fields.append(Self.field(format))
      columns.append(try column(part, format, first..<first + rows.count, depth: depth + 1))
    }
    return .struct(
      StructColumn(count: rows.count, validity: try validity(array, rows), fields: fields, columns: columns))
  }

  private mutating func lists(
    _ array: LentArray, _ schema: LentType, _ format: String, _ rows: Range<Int>, depth: Int
  ) throws(FileError) -> Column {
    let (part, element) = try child(0, array, schema)
    let first = Int(array.pointee.offset) + rows.lowerBound
    let validity = try validity(array, rows)
    if format.hasPrefix("+w:") {
      guard let step = Int(format.dropFirst(3)), step >= 0 else { throw .damaged("the format \(format) is none") }
      let range = first * step..<(first + rows.count) * step
      return .list(
        ListColumn(
          count: rows.count, validity: validity,
          offsets: try Offsets(count: rows.count, step: step, limit: range.count),
          elements: try column(part, element, range, depth: depth + 1)))
    }
    let isWide = format == "+L" || format == "+vL"
    let isView = format.hasPrefix("+v")
    func number(_ buffer: BufferSlice, _ row: Int) -> Int {
      isWide ? Int(buffer.value(row, as: Int64.self)) : Int(buffer.value(row, as: Int32.self))
    }
    let size = isWide ? 8 : 4
    let starts = try lent(array, 1, first * size, (rows.count + (isView ? 0 : 1)) * size)
    let sizes = isView ? try lent(array, 2, first * size, rows.count * size) : starts
    func bounds(_ row: Int) -> (Int, Int) {
      if validity.isNull(row) { return (0, 0) }
      let start = number(starts, row)
      return (start, isView ? start &+ number(sizes, row) : number(starts, row + 1))
    }
    var (low, high) = (Int.max, 0)
    for row in 0..<rows.count {
      let (start, end) = bounds(row)
      guard start >= 0, start <= end else { throw .damaged("row \(rows.lowerBound + row) ends before it begins") }
      if start < end { (low, high) = (min(low, start), max(high, end)) }
    }
    let range = min(low, high)..<high
    let elements = try column(part, element, range, depth: depth + 1)
    let pairs = try pool.values(2 * rows.count) { (index) throws(FileError) -> Int64 in
      let (start, end) = bounds(index >> 1)
      return start == end ? 0 : Int64((index & 1 == 0 ? start : end) - range.lowerBound)
    }
    return .list(
      ListColumn(
        count: rows.count, validity: validity,
        offsets: try Offsets(pairs: pairs, count: rows.count, limit: elements.count), elements: elements))
  }

  /// Runs of one value, which say where they end.
  private mutating func runs(
    _ array: LentArray, _ schema: LentType, _ rows: Range<Int>, depth: Int
  ) throws(FileError) -> Column {
    let (ends, format) = try child(0, array, schema)
    let (part, value) = try child(1, array, schema)
    let count = Int(ends.pointee.length)
    guard let stored = try numbers(ends, Self.text(format), 0..<count) else {
      throw .damaged("run ends of the format \(Self.text(format))")
    }
    let first = Int(array.pointee.offset) + rows.lowerBound
    var run = 0
    let indices = try pool.values(rows.count) { (row) throws(FileError) -> Int64 in
      while run < count, Int(stored[run] ?? 0) <= first + row { run += 1 }
      guard run < count else { throw FileError.damaged("the runs end before row \(rows.lowerBound + row)") }
      return Int64(run)
    }
    let values = try column(part, value, 0..<min(count, Int(part.pointee.length)), depth: depth + 1)
    let taken = PrimitiveColumn<Int64>(count: rows.count, validity: Validity(allValid: rows.count), values: indices)
    return try values.taking(taken, pool: &pool)
  }

  // MARK: Buffers

  private func child(
    _ number: Int, _ array: LentArray, _ schema: LentType
  ) throws(FileError) -> (UnsafePointer<ArrowArray>, UnsafePointer<CTokenstats.ArrowSchema>) {
    guard number < Int(array.pointee.n_children), number < Int(schema.pointee.n_children),
      let part = array.pointee.children?[number], let format = schema.pointee.children?[number]
    else { throw .damaged("part \(number + 1) of a nested column is missing") }
    return (UnsafePointer(part), UnsafePointer(format))
  }

  /// Some bytes of a buffer.
  private mutating func lent(
    _ array: LentArray, _ number: Int, _ start: Int, _ count: Int
  ) throws(FileError) -> BufferSlice {
    guard count > 0 else { return BufferSlice(try pool.take(0), count: 0) }
    guard number < Int(array.pointee.n_buffers), let buffer = array.pointee.buffers?[number] else {
      throw .damaged("buffer \(number + 1) of \(array.pointee.n_buffers) is missing")
    }
    return BufferSlice(MemoryBlock(lent: buffer + start, count: count), count: count)
  }

  private mutating func slice(
    _ array: LentArray, _ number: Int, _ rows: Range<Int>, size: Int
  ) throws(FileError) -> BufferSlice {
    try lent(array, number, (Int(array.pointee.offset) + rows.lowerBound) * size, rows.count * size)
  }

  private mutating func validity(_ array: LentArray, _ rows: Range<Int>) throws(FileError) -> Validity {
    guard array.pointee.null_count != 0, array.pointee.n_buffers > 0, array.pointee.buffers?[0] != nil,
      !rows.isEmpty
    else { return Validity(allValid: rows.count) }
    let first = Int(array.pointee.offset) + rows.lowerBound
    let stored = try lent(array, 0, first >> 3, (rows.count + (first & 7) + 7) >> 3)
    return Validity(try bits(stored, from: first & 7, rows.count), count: rows.count)
  }

  /// Bits that begin with a byte: the same ones, or copies.
  private mutating func bits(_ stored: BufferSlice, from first: Int, _ count: Int) throws(FileError) -> BufferSlice {
    guard first > 0 else { return stored }
    return try pool.bits(count) { (row) throws(FileError) in
      stored.value((first + row) >> 3, as: UInt8.self) >> UInt8((first + row) & 7) & 1 == 1
    }
  }
}
