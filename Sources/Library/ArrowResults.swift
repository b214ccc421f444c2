import CTokenstats
import Glibc

/// Writes results as Arrow arrays that own their memory.
struct ArrowResult {
  let array: UnsafeMutablePointer<ArrowArray>
  let schema: UnsafeMutablePointer<ArrowSchema>

  /// - Parameters:
  ///   - array: Where the array goes; nil tells that the caller gave no place.
  ///   - schema: Where its type goes.
  init?(_ array: UnsafeMutablePointer<ArrowArray>?, _ schema: UnsafeMutablePointer<ArrowSchema>?) {
    guard let array, let schema else { return nil }
    self.array = array
    self.schema = schema
  }

  private static let noMemory = Failure(kind: TS_ERROR_ARGUMENT, message: "there is no memory for the result")

  /// Writes whole numbers of 32 bits, -1 for null.
  func write(numbers blocks: [[Int32]]) -> Failure? {
    let rows = blocks.reduce(0) { $0 + $1.count }
    return write(rows: rows, blocks, first: 0, step: 1, name: "")
  }

  /// Writes structs of whole numbers: rows of as many numbers as there are names, of which the first is -1 for null.
  func write(structs blocks: [[Int32]], names: [String]) -> Failure? {
    let rows = blocks.reduce(0) { $0 + $1.count } / names.count
    guard arrow_export_make(array, schema, "+s", "", Int64(rows), 1, Int64(names.count)) else { return Self.noMemory }
    for (number, name) in names.enumerated() {
      guard let part = ArrowResult(array.pointee.children[number], schema.pointee.children[number]) else { continue }
      if let failure = part.write(rows: rows, blocks, first: number, step: names.count, name: name) {
        return released(failure)
      }
    }
    let firsts = blocks.lazy.flatMap { block in stride(from: 0, to: block.count, by: names.count).map { block[$0] } }
    return setNulls(firsts.map { $0 < 0 })
  }

  private func write(rows: Int, _ blocks: [[Int32]], first: Int, step: Int, name: String) -> Failure? {
    guard arrow_export_make(array, schema, "i", name, Int64(rows), 2, 0) else { return Self.noMemory }
    guard let values = buffer(1, of: Int32.self, rows) else { return released(Self.noMemory) }
    var row = 0
    var nulls = 0
    for block in blocks {
      for place in stride(from: first, to: block.count, by: step) {
        values[row] = max(0, block[place])
        if block[place] < 0 { nulls += 1 }
        row += 1
      }
    }
    guard nulls > 0 else { return nil }
    return setNulls(
      blocks.lazy.flatMap { block in stride(from: first, to: block.count, by: step).map { block[$0] < 0 } })
  }

  /// Writes lists of whole numbers.
  func write(lists: [ListBlock<Int32>]) -> Failure? {
    guard let failure = writeOffsets(lists, format: "+L", buffers: 2, children: 1) else {
      let count = lists.reduce(0) { $0 + $1.values.count }
      guard let part = ArrowResult(array.pointee.children[0], schema.pointee.children[0]),
        arrow_export_make(part.array, part.schema, "i", "item", Int64(count), 2, 0),
        let values = part.buffer(1, of: Int32.self, count)
      else { return released(Self.noMemory) }
      Self.copy(lists, to: values)
      return nil
    }
    return failure
  }

  /// Writes texts.
  func write(texts: [ListBlock<UInt8>]) -> Failure? {
    guard let failure = writeOffsets(texts, format: "U", buffers: 3, children: 0) else {
      guard let values = buffer(2, of: UInt8.self, texts.reduce(0) { $0 + $1.values.count }) else {
        return released(Self.noMemory)
      }
      Self.copy(texts, to: values)
      return nil
    }
    return failure
  }

  private static func copy<Value: BitwiseCopyable>(
    _ blocks: [ListBlock<Value>], to values: UnsafeMutablePointer<Value>
  ) {
    var place = 0
    for block in blocks {
      for value in block.values.indices { values[place + value] = block.values[value] }
      place += block.values.count
    }
  }

  private func writeOffsets<Value>(
    _ blocks: [ListBlock<Value>], format: String, buffers: Int64, children: Int64
  ) -> Failure? {
    let rows = blocks.reduce(0) { $0 + $1.ends.count }
    guard arrow_export_make(array, schema, format, "", Int64(rows), buffers, children) else { return Self.noMemory }
    guard let offsets = buffer(1, of: Int64.self, rows + 1) else { return released(Self.noMemory) }
    offsets[0] = 0
    var row = 0
    var start = 0
    for block in blocks {
      for end in block.ends {
        row += 1
        offsets[row] = Int64(start + end)
      }
      start += block.values.count
    }
    return setNulls(blocks.lazy.flatMap(\.nulls))
  }

  /// A buffer that the array owns.
  private func buffer<Value: BitwiseCopyable>(
    _ number: Int, of type: Value.Type, _ count: Int
  ) -> UnsafeMutablePointer<Value>? {
    // Not none, for which the system may give no address.
    guard let memory = malloc(max(64, count * MemoryLayout<Value>.stride)) else { return nil }
    array.pointee.buffers[number] = UnsafeRawPointer(memory)
    return memory.bindMemory(to: type, capacity: count)
  }

  private func setNulls(_ nulls: some Sequence<Bool>) -> Failure? {
    let rows = Int(array.pointee.length)
    guard let bits = buffer(0, of: UInt8.self, (rows + 7) / 8) else { return released(Self.noMemory) }
    memset(bits, 0xFF, (rows + 7) / 8)
    var count = 0
    for (row, isNull) in nulls.enumerated() where isNull {
      bits[row >> 3] &= ~(1 << UInt8(row & 7))
      count += 1
    }
    array.pointee.null_count = Int64(count)
    return nil
  }

  /// Gives back what was made so far.
  private func released(_ failure: Failure) -> Failure {
    schema.pointee.release(schema)
    array.pointee.release(array)
    return failure
  }
}

/// Rows of several values each.
struct ListBlock<Value: Sendable>: Sendable {
  /// The values of all rows.
  var values: [Value] = []
  /// The number of values up to the end of each row.
  private(set) var ends: [Int] = []
  /// Which rows are null.
  private(set) var nulls: [Bool] = []

  /// Ends a row.
  mutating func endRow(isNull: Bool = false) {
    ends.append(values.count)
    nulls.append(isNull)
  }
}
