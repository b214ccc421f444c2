import Support

/// Turns the messages of an Arrow file into columns.
struct ArrowBatchDecoder: Sendable {
  private let limits: Limits
  private var pool: MemoryPool
  private var dictionaries: ArrowDictionaries
  /// What the columns of the last batch point into.
  private var body: ArrowBody?

  init(limits: Limits, fileSize: Int) {
    self.limits = limits
    pool = MemoryPool(limits: limits)
    dictionaries = ArrowDictionaries(limits: limits, fileSize: fileSize)
  }

  /// Forgets all dictionaries.
  mutating func removeDictionaries() { dictionaries.removeAll() }

  /// Throws if a page of the file that the last batch points into was missing when it was read.
  func checkIntact() throws(FileError) {
    guard let body, !body.isIntact else { return }
    throw .damaged("rows were lost while they were read: the file or its disk can no longer be read")
  }

  /// Reads the selected columns of a record batch.
  ///
  /// - Parameters:
  ///   - fields: all columns of the schema.
  ///   - selection: what is read of them, in ascending order.
  /// - Returns: the columns and the number of rows.
  mutating func decode(
    _ file: borrowing InputFile, _ message: ArrowMessage, fields: [ArrowField], selection: [ColumnPlace]
  ) throws(FileError) -> (columns: [Column], rowCount: Int) {
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let batch = try table.table(2) else {
      throw .damaged("a record batch without a description", at: message.metadataOffset)
    }
    body = nil
    pool.recycle()
    let header = try ArrowBatchHeader(batch, bodyLength: message.bodyLength, limits: limits)
    do throws(FileError) {
      let (columns, body) = try decode(file, message, header, fields: fields, selection: selection, stays: false)
      self.body = body
      return (columns, header.length)
    } catch { throw error.located(offset: message.metadataOffset) }
  }

  private mutating func decode(
    _ file: borrowing InputFile, _ message: ArrowMessage, _ header: ArrowBatchHeader, fields: [ArrowField],
    selection: [ColumnPlace], stays: Bool
  ) throws(FileError) -> (columns: [Column], body: ArrowBody) {
    var cursor = ArrowCursor()
    var starts: [ArrowCursor] = []
    var buffers: [ArraySlice<Range<Int>>] = []
    for (index, field) in fields.enumerated() {
      let start = cursor
      try cursor.skip(field, header)
      let uses = selection.count { $0.column == index }
      for _ in 0..<uses {
        starts.append(start)
        buffers.append(header.buffers[start.buffer..<cursor.buffer])
      }
    }
    // Dictionaries, which outlive the batch, are read, so that no mapping has to be kept alive; compressed bodies are
    // read because decompressors do not expect bytes that change.
    let body = try ArrowBody(
      file, message: message, columns: buffers, mayMap: !stays && header.codec == nil, pool: &pool)
    var columns: [Column] = []
    for (number, place) in selection.enumerated() {
      var source = ArrowColumnSource(header: header, body: body, column: number, cursor: starts[number])
      let field = fields[place.column]
      let column = try self.column(field, &source)
      guard column.count == header.length else {
        throw .damaged("\(column.count) values in a batch of \(header.length) rows").located(column: field.path)
      }
      columns.append(try column.member(place.members, pool: &pool))
    }
    return (columns, body)
  }

  /// Reads a dictionary that columns refer to, or what is added to one.
  ///
  /// - Parameter replaces: whether it may take the place of another one.
  mutating func decodeDictionary(
    _ file: borrowing InputFile, _ message: ArrowMessage, dictionaries fields: [Int64: ArrowField], replaces: Bool
  ) throws(FileError) {
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let dictionary = try table.table(2), let batch = try dictionary.table(1) else {
      throw .damaged("a dictionary without a description", at: message.metadataOffset)
    }
    let id = try Self.id(dictionary)
    guard let field = fields[id] else { return }
    let isDelta = try dictionary.integer(2, absent: UInt8(0)) != 0
    let header = try ArrowBatchHeader(batch, bodyLength: message.bodyLength, limits: limits)
    do throws(FileError) {
      guard replaces || isDelta || !dictionaries.has(id) else {
        throw FileError.damaged("a second dictionary number \(id), which only streams may have")
          .located(column: field.path)
      }
      let (values, _) = try decode(
        file, message, header, fields: [field.dictionaryValues], selection: [ColumnPlace(column: 0)], stays: true)
      try dictionaries.take(values[0], of: id, isDelta: isDelta)
    } catch { throw error.located(offset: message.metadataOffset) }
  }

  /// The number of a dictionary, and whether the message adds to it; nil if the message has no description.
  static func dictionary(of message: ArrowMessage) throws(FileError) -> (id: Int64, isDelta: Bool)? {
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let dictionary = try table.table(2) else { return nil }
    return (try id(dictionary), try dictionary.integer(2, absent: UInt8(0)) != 0)
  }

  private static func id(_ dictionary: borrowing FlatbufferTable) throws(FileError) -> Int64 {
    try dictionary.integer(0, absent: Int64(0))
  }

  private mutating func column(
    _ field: ArrowField, _ source: inout ArrowColumnSource
  ) throws(FileError) -> Column {
    do throws(FileError) {
      let values = try storedColumn(field, &source)
      guard let id = field.dictionary else { return values }
      guard case .int64(let indices) = values else {
        throw FileError.damaged("the dictionary number \(id) is referred to by no numbers")
      }
      return try dictionaries.entries(of: id, pool: &pool).taking(indices, pool: &pool)
    } catch { throw error.located(column: field.path) }
  }

  private mutating func storedColumn(
    _ field: ArrowField, _ source: inout ArrowColumnSource
  ) throws(FileError) -> Column {
    let node = try source.cursor.nextNode(source.header)
    let count = node.length
    switch field.type {
    case .null: return .null(NullColumn(count: count))
    case .runs: return try runs(field, count: count, &source)
    case .other(let name, _): throw .unsupported("the type \(name) is not supported")
    case .ticks(let name, _) where field.stored == nil: throw .unsupported("the type \(name) is not supported")
    default: break
    }
    let validity = try validity(node, &source)
    switch field.type {
    case .bool:
      return .bool(BoolColumn(count: count, validity: validity, bits: try buffer(&source, atLeast: (count + 7) / 8)))
    case .integer(let bits, let isSigned):
      let stored = try buffer(&source, atLeast: count * (bits / 8))
      return .int64(try PrimitiveColumn<Int64>(stored, bits: bits, isSigned: isSigned, validity: validity, pool: &pool))
    case .ticks(_, let bits):
      let stored = try buffer(&source, atLeast: count * (bits / 8))
      return .int64(try PrimitiveColumn<Int64>(stored, bits: bits, isSigned: true, validity: validity, pool: &pool))
    case .half:
      let stored = try buffer(&source, atLeast: count * 2)
      let values = try pool.values(count) { (row) throws(FileError) in
        Presentation.half(stored.value(row, as: UInt16.self))
      }
      return .double(PrimitiveColumn<Double>(count: count, validity: validity, values: values))
    case .decimal(let bytes, let scale):
      return try decimals(try buffer(&source, atLeast: count * bytes), bytes, scale: scale, validity)
    case .date(let isMilliseconds):
      return try dates(
        try buffer(&source, atLeast: count * (isMilliseconds ? 8 : 4)), isMilliseconds: isMilliseconds, validity)
    case .fixedSizeBinary(let width):
      let (size, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow else { throw .damaged("\(count) values of \(width) bytes") }
      let data = try buffer(&source, atLeast: size)
      let offsets = try Offsets(count: count, step: width, limit: data.count)
      return .utf8(UTF8Column(count: count, validity: validity, offsets: offsets, buffer: data))
    case .listView(let isWide):
      let starts = try buffer(&source, atLeast: count * (isWide ? 8 : 4))
      let sizes = try buffer(&source, atLeast: count * (isWide ? 8 : 4))
      let elements = try column(child(0, of: field), &source)
      let pairs = try listPairs(starts, sizes, isWide: isWide, validity)
      let checked = try Offsets(pairs: pairs, count: count, limit: elements.count)
      return .list(ListColumn(count: count, validity: validity, offsets: checked, elements: elements))
    case .float:
      return .double(
        try PrimitiveColumn<Double>(singles: buffer(&source, atLeast: count * 4), validity: validity, pool: &pool))
    case .double:
      return .double(
        PrimitiveColumn<Double>(count: count, validity: validity, values: try buffer(&source, atLeast: count * 8)))
    case .utf8(let isWide):
      let offsets = try buffer(&source, atLeast: 0)
      let data = try text(&source)
      let checked = try Offsets(offsets, isWide: isWide, count: count, limit: data.count)
      return .utf8(UTF8Column(count: count, validity: validity, offsets: checked, buffer: data))
    case .view: return .utf8(try views(count: count, validity, &source))
    case .list(let isWide):
      let offsets = try buffer(&source, atLeast: 0)
      let elements = try column(child(0, of: field), &source)
      let checked = try Offsets(offsets, isWide: isWide, count: count, limit: elements.count)
      return .list(ListColumn(count: count, validity: validity, offsets: checked, elements: elements))
    case .fixedSizeList(let size):
      let elements = try column(child(0, of: field), &source)
      let offsets = try Offsets(count: count, step: size, limit: elements.count)
      return .list(ListColumn(count: count, validity: validity, offsets: offsets, elements: elements))
    case .struct, .null, .runs, .other: return .struct(try structColumn(field, count: count, validity, &source))
    }
  }

  /// Whole numbers of a few bytes, little-endian, as decimals.
  private mutating func decimals(
    _ stored: BufferSlice, _ bytes: Int, scale: Int, _ validity: Validity
  ) throws(FileError) -> Column {
    var texts = UTF8Builder()
    for row in 0..<validity.count {
      if validity.isNull(row) {
        try texts.appendNull()
        continue
      }
      guard bytes <= 16 else {
        let value = stored.bytes.extracting(row * bytes..<(row + 1) * bytes).withUnsafeBytes { Array($0.reversed()) }
        try texts.append(Presentation.decimal(bigEndian: value.span.bytes, scale: scale))
        continue
      }
      let number: Int128 =
        switch bytes {
        case 4: Int128(stored.value(row, as: Int32.self))
        case 8: Int128(stored.value(row, as: Int64.self))
        default:
          Int128(stored.value(2 * row + 1, as: Int64.self)) << 64 | Int128(stored.value(2 * row, as: UInt64.self))
        }
      try texts.append(Presentation.decimal(number, scale: scale))
    }
    return try texts.finish()
  }

  /// Runs of one value each, as the rows that they stand for.
  private mutating func runs(
    _ field: ArrowField, count: Int, _ source: inout ArrowColumnSource
  ) throws(FileError) -> Column {
    let ends = try column(child(0, of: field), &source)
    let values = try column(child(1, of: field), &source)
    guard case .int64(let ends) = ends, ends.count <= values.count else {
      throw .damaged("runs without their ends, or without a value each")
    }
    var run = 0
    let indices = try pool.values(count) { (row) throws(FileError) -> Int64 in
      while run < ends.count, let end = ends[run], end <= Int64(row) { run += 1 }
      guard run < ends.count, ends[run] != nil else { throw .damaged("the last run ends before row \(row)") }
      return Int64(run)
    }
    return try values.taking(
      PrimitiveColumn<Int64>(count: count, validity: Validity(allValid: count), values: indices), pool: &pool)
  }

  /// Days or milliseconds since 1970 as dates.
  private mutating func dates(
    _ stored: BufferSlice, isMilliseconds: Bool, _ validity: Validity
  ) throws(FileError) -> Column {
    var texts = UTF8Builder()
    for row in 0..<validity.count {
      if validity.isNull(row) {
        try texts.appendNull()
        continue
      }
      let value = isMilliseconds ? stored.value(row, as: Int64.self) : Int64(stored.value(row, as: Int32.self))
      // Rounded down, before 1970 too.
      let days = isMilliseconds ? (value >= 0 ? value / 86_400_000 : (value + 1) / 86_400_000 - 1) : value
      try texts.append(try Presentation.date(days))
    }
    return try texts.finish()
  }

  /// Where each list begins and ends.
  private mutating func listPairs(
    _ starts: BufferSlice, _ sizes: BufferSlice, isWide: Bool, _ validity: Validity
  ) throws(FileError) -> BufferSlice {
    func number(_ buffer: BufferSlice, _ row: Int) -> Int64 {
      isWide ? buffer.value(row, as: Int64.self) : Int64(buffer.value(row, as: Int32.self))
    }
    return try pool.values(2 * validity.count) { (index) throws(FileError) -> Int64 in
      let row = index >> 1
      if validity.isNull(row) { return 0 }
      let start = number(starts, row)
      guard index & 1 == 1 else { return start }
      let (end, overflow) = start.addingReportingOverflow(number(sizes, row))
      guard !overflow else { throw FileError.damaged("row \(row) leads beyond all elements") }
      return end
    }
  }

  private func child(_ index: Int, of field: ArrowField) throws(FileError) -> ArrowField {
    guard index < field.children.count else { throw .damaged("a list without a type of its elements") }
    return field.children[index]
  }

  private mutating func structColumn(
    _ field: ArrowField, count: Int, _ validity: Validity, _ source: inout ArrowColumnSource
  ) throws(FileError) -> StructColumn {
    var columns: [Column] = []
    for child in field.children {
      guard !child.isPassedOver else {
        try source.cursor.skip(child, source.header)
        continue
      }
      let column = try self.column(child, &source)
      guard column.count >= count else {
        throw .damaged("\(column.count) values in a struct of \(count) rows").located(column: child.path)
      }
      columns.append(column)
    }
    return StructColumn(count: count, validity: validity, fields: field.readChildren.map(\.field), columns: columns)
  }

  /// Reads the first buffer of a column, which may be missing if nothing is null.
  private mutating func validity(
    _ node: ArrowBatchHeader.Node, _ source: inout ArrowColumnSource
  ) throws(FileError) -> Validity {
    let bits = try buffer(&source, atLeast: 0)
    if node.nullCount == 0 || (node.nullCount < 0 && bits.count == 0) { return Validity(allValid: node.length) }
    guard (node.length + 7) / 8 <= bits.count else {
      throw .damaged("\(bits.count) bytes say which of \(node.length) rows are null")
    }
    return Validity(bits, count: node.length)
  }

  /// Reads the next buffer of a column and expands it.
  ///
  /// What it holds will be checked and then trusted, so it is no longer the file's own memory, in which another program
  /// may write.
  private mutating func buffer(
    _ source: inout ArrowColumnSource, atLeast minimum: Int
  ) throws(FileError) -> BufferSlice {
    let expanded = try text(&source)
    guard expanded.count >= minimum else {
      throw .damaged("a buffer has \(expanded.count) bytes where \(minimum) are needed")
    }
    guard expanded.block.isMapped else { return expanded }
    let copy = try pool.take(expanded.count)
    copy.base.copyMemory(from: expanded.block.base + expanded.start, byteCount: expanded.count)
    return BufferSlice(copy, count: expanded.count)
  }

  /// Takes the next buffer of a column, in place unless it is compressed.
  private mutating func text(_ source: inout ArrowColumnSource) throws(FileError) -> BufferSlice {
    let stored = source.body.slice(try source.cursor.nextBuffer(source.header), column: source.column)
    return try expand(stored, source.header.codec)
  }

  private mutating func expand(_ stored: BufferSlice, _ codec: Codec?) throws(FileError) -> BufferSlice {
    guard let codec, stored.count > 0 else { return stored }
    let size = try stored.bytes.integer(at: 0, as: Int64.self)
    let content = BufferSlice(stored.block, start: stored.start + 8, count: stored.count - 8)
    // -1 marks a buffer that compression would not have made smaller.
    if size == -1 { return content }
    guard size >= 0 else { throw .damaged("a buffer that expands to \(size) bytes") }
    try codec.checkExpansion(of: content.count, to: Int(size), limits)
    let block = try pool.take(Int(size))
    let target = UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<Int(size)])
    try codec.decompress(content.bytes, into: target)
    return BufferSlice(block, count: Int(size))
  }

  private mutating func views(
    count: Int, _ validity: Validity, _ source: inout ArrowColumnSource
  ) throws(FileError) -> UTF8Column {
    let views = try buffer(&source, atLeast: count * 16)
    var data: [BufferSlice] = []
    for _ in 0..<(try source.cursor.nextViewBufferCount(source.header)) {
      data.append(try text(&source))
    }
    return try UTF8Column(views: views, data: data, validity: validity, pool: &pool)
  }
}

/// Where a column's nodes and buffers come from.
struct ArrowColumnSource {
  let header: ArrowBatchHeader
  let body: ArrowBody
  let column: Int
  var cursor: ArrowCursor
}
