import Support

/// The flatbuffer table `RecordBatch`: lengths of the columns and ranges of their buffers within the body.
struct ArrowBatchHeader: Sendable {
  struct Node: Sendable {
    let length: Int
    let nullCount: Int
  }

  /// Number of rows.
  let length: Int
  /// One for each column, parents before children.
  let nodes: [Node]
  /// Ranges of the body, checked to lie within it.
  let buffers: [Range<Int>]
  /// How the buffers are compressed, nil if they are not.
  let codec: Codec?
  /// Number of data buffers of each column of views.
  let viewBufferCounts: [Int]

  init(_ table: borrowing FlatbufferTable, bodyLength: Int, limits: Limits) throws(FileError) {
    length = try Self.rowCount(table, bodyLength: bodyLength, limits: limits)
    nodes = try Self.nodes(table, bodyLength, limits)
    buffers = try Self.buffers(table, bodyLength: bodyLength)
    var codec: Codec?
    if let compression = try table.table(3) { codec = try Self.codec(compression) }
    self.codec = codec
    var counts: [Int] = []
    if let vector = try table.vector(4, stride: 8) {
      for index in 0..<vector.count {
        let count = try table.integer(index, of: vector, as: Int64.self)
        guard count >= 0, count <= Int64(buffers.count) else {
          throw .damaged("a column of views with \(count) data buffers", at: table.origin)
        }
        counts.append(Int(count))
      }
    }
    viewBufferCounts = counts
  }

  /// The number of rows alone.
  static func rowCount(
    _ table: borrowing FlatbufferTable, bodyLength: Int, limits: Limits
  ) throws(FileError) -> Int {
    try rows(table.integer(0, absent: Int64(0)), at: table.origin, bodyLength, limits)
  }

  private static func rows(
    _ length: Int64, at origin: Int, _ bodyLength: Int, _ limits: Limits
  ) throws(FileError) -> Int {
    guard length >= 0, length <= Int64(limits.batchRows) else {
      throw .damaged("a column of \(length) rows in one batch", at: origin)
    }
    // Columns of nulls take no bytes, so that a short file could claim as many rows as it likes.
    guard limits.allows(rows: Int(length), ofBytes: bodyLength) else {
      throw .damaged("\(length) rows in a batch of \(bodyLength) bytes", at: origin)
    }
    return Int(length)
  }

  private static func nodes(
    _ table: borrowing FlatbufferTable, _ bodyLength: Int, _ limits: Limits
  ) throws(FileError) -> [Node] {
    guard let vector = try table.vector(1, stride: 16) else { return [] }
    var nodes: [Node] = []
    nodes.reserveCapacity(vector.count)
    for index in 0..<vector.count {
      let length = try rows(table.integer(index, of: vector), at: table.origin, bodyLength, limits)
      let nullCount = try table.integer(index, of: vector, at: 8, as: Int64.self)
      guard nullCount <= Int64(length) else {
        throw .damaged("\(nullCount) nulls in \(length) rows", at: table.origin)
      }
      nodes.append(Node(length: length, nullCount: Int(nullCount)))
    }
    return nodes
  }

  private static func buffers(
    _ table: borrowing FlatbufferTable, bodyLength: Int
  ) throws(FileError) -> [Range<Int>] {
    guard let vector = try table.vector(2, stride: 16) else { return [] }
    var buffers: [Range<Int>] = []
    buffers.reserveCapacity(vector.count)
    for index in 0..<vector.count {
      let offset = try table.integer(index, of: vector, as: Int64.self)
      let length = try table.integer(index, of: vector, at: 8, as: Int64.self)
      guard offset >= 0, length >= 0, offset <= Int64(bodyLength), length <= Int64(bodyLength) - offset else {
        throw .damaged("buffer \(index) leads beyond the message's body of \(bodyLength) bytes", at: table.origin)
      }
      buffers.append(Int(offset)..<Int(offset + length))
    }
    return buffers
  }

  private static func codec(_ table: borrowing FlatbufferTable) throws(FileError) -> Codec {
    guard try table.integer(1, absent: Int8(0)) == 0 else {
      throw .unsupported("compression of whole bodies is not supported", at: table.origin)
    }
    switch try table.integer(0, absent: Int8(0)) {
    case 0: return .lz4Frame
    case 1: return .zstd
    case let number: throw .unsupported("compression number \(number) is not supported", at: table.origin)
    }
  }
}

/// Position in the flat lists of nodes and buffers that a batch header holds for its nested columns.
struct ArrowCursor: Sendable {
  private(set) var node = 0
  private(set) var buffer = 0
  private(set) var view = 0

  /// The next node.
  mutating func nextNode(_ header: ArrowBatchHeader) throws(FileError) -> ArrowBatchHeader.Node {
    guard node < header.nodes.count else { throw .damaged("the batch has fewer columns than the schema") }
    defer { node += 1 }
    return header.nodes[node]
  }

  /// The range of the next buffer within the body.
  mutating func nextBuffer(_ header: ArrowBatchHeader) throws(FileError) -> Range<Int> {
    guard buffer < header.buffers.count else { throw .damaged("the batch has fewer buffers than its columns need") }
    defer { buffer += 1 }
    return header.buffers[buffer]
  }

  /// The number of data buffers of the next column of views.
  mutating func nextViewBufferCount(_ header: ArrowBatchHeader) throws(FileError) -> Int {
    guard view < header.viewBufferCounts.count else {
      throw .damaged("the batch does not say how many buffers its views have")
    }
    defer { view += 1 }
    return header.viewBufferCounts[view]
  }

  /// Skips a column and its children.
  mutating func skip(_ field: ArrowField, _ header: ArrowBatchHeader) throws(FileError) {
    _ = try nextNode(header)
    for _ in 0..<field.type.bufferCount { _ = try nextBuffer(header) }
    if case .view = field.type {
      for _ in 0..<(try nextViewBufferCount(header)) { _ = try nextBuffer(header) }
    }
    guard field.dictionary == nil else { return }
    for child in field.children { try skip(child, header) }
  }
}
