import Support
import Testing

@testable import ColumnarFiles

/// Memory is used again only when nobody looks at it any more.
@Suite struct MemoryPoolTests {
  @Test("A block that a column refers to is left alone; one that nobody refers to is lent again")
  func reuse() throws {
    var pool = MemoryPool()
    var held: BufferSlice? = try pool.values(1000) { (index) throws(FileError) in Int64(index) }
    let first = held.map { ObjectIdentifier($0.block) }
    pool.recycle()
    let second = try ObjectIdentifier(pool.take(8000))
    #expect(second != first)
    #expect(held?.value(999, as: Int64.self) == 999)
    held = nil
    pool.recycle()
    #expect(try ObjectIdentifier(pool.take(8000)) == second)
  }

  @Test("What a builder made stays as it is while the builder goes on")
  func builders() throws {
    var (texts, numbers, lists) = (UTF8Builder(), Int64Builder(), ListBuilder())
    var columns: [Column] = []
    for round in 0..<4 {
      for row in 0..<100 {
        if row % 9 == 8 { try texts.appendNull() } else { try texts.append("\(round) \(row)") }
        try numbers.append(row % 7 == 6 ? nil : Int64(round * 1000 + row))
        try lists.endRow(at: row, isNull: row == 0)
      }
      columns.append(try lists.finish(elements: texts.finish()))
      columns.append(try numbers.finish())
    }
    for round in 0..<4 {
      let list = try #require(columns[2 * round].list)
      let texts = try #require(list.elements.utf8)
      let numbers = try #require(columns[2 * round + 1].int64)
      #expect(list.isNull(0) && list.range(1) == 0..<1 && list.range(99) == 98..<99)
      for row in 0..<100 {
        #expect(texts.string(row) == (row % 9 == 8 ? nil : "\(round) \(row)"))
        #expect(numbers[row] == (row % 7 == 6 ? nil : Int64(round * 1000 + row)))
      }
    }
  }

  @Test("More than the limits allow is refused, not tried")
  func limit() throws {
    #expect(throws: FileError.self) { try MemoryBlock(capacity: -1) }
    #expect(throws: FileError.self) { try MemoryBlock(capacity: .max) }
    var limits = Limits()
    limits.bufferBytes = 1000
    limits.batchBytes = 2000
    var pool = MemoryPool(limits: limits)
    #expect(throws: FileError.self) { try pool.take(1001) }
    _ = try pool.take(1000)
    #expect(throws: FileError.self) { try pool.take(1000) }
    pool.recycle()
    #expect(try pool.take(1000).capacity >= 1000)
  }
}
