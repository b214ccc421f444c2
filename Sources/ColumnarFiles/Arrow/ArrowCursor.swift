/// Position in the flat lists of nodes and buffers that a batch header holds for its nested columns.
struct ArrowCursor: Sendable {
  private(set) var node = 0
  private(set) var buffer = 0
  private(set) var view = 0

  /// The next node.
  mutating func nextNode(_ header: ArrowBatchHeader) throws(ColumnarFileError) -> ArrowBatchHeader.Node {
    guard node < header.nodes.count else { throw .damaged("the batch has fewer columns than the schema") }
    defer { node += 1 }
    return header.nodes[node]
  }

  /// The place of the next buffer within the body.
  mutating func nextBuffer(_ header: ArrowBatchHeader) throws(ColumnarFileError) -> Range<Int> {
    guard buffer < header.buffers.count else { throw .damaged("the batch has fewer buffers than its columns need") }
    defer { buffer += 1 }
    return header.buffers[buffer]
  }

  /// The number of data buffers of the next column of views.
  mutating func nextViewBufferCount(_ header: ArrowBatchHeader) throws(ColumnarFileError) -> Int {
    guard view < header.viewBufferCounts.count else {
      throw .damaged("the batch does not say how many buffers its views have")
    }
    defer { view += 1 }
    return header.viewBufferCounts[view]
  }

  /// Passes over a column and its children.
  mutating func skip(_ field: ArrowField, _ header: ArrowBatchHeader) throws(ColumnarFileError) {
    _ = try nextNode(header)
    for _ in 0..<field.type.bufferCount { _ = try nextBuffer(header) }
    if case .view = field.type {
      for _ in 0..<(try nextViewBufferCount(header)) { _ = try nextBuffer(header) }
    }
    guard field.dictionary == nil else { return }
    for child in field.children { try skip(child, header) }
  }
}
