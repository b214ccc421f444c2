import CSnappy
import CTextKernels
import TestSupport
import Testing

@testable import ColumnarFiles

/// What the project's Snappy encoder writes, libsnappy reads back, and it is as short as what libsnappy writes; every
/// kernel writes the same.
struct SnappyTests {
  /// Checks one input, in memory that is exactly as long as it is said to be.
  private func check(_ input: [UInt8], _ comment: Comment? = nil) throws {
    let compressed = try #require(
      try input.span.bytes.withUnsafeBytes { (bytes) throws(ColumnarFileError) in
        var pool = MemoryPool()
        return try Snappy.compress(bytes, pool: &pool)
      })
    #expect(compressed.count <= rk_snappy_bound(input.count), comment)
    var output = [UInt8](repeating: 0xA5, count: input.count + 1)
    let count = try compressed.slice.bytes.withUnsafeBytes { (bytes) throws(ColumnarFileError) in
      try output.withUnsafeMutableBufferPointer { (output) throws(ColumnarFileError) in
        try Snappy.decompress(
          bytes, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[..<input.count]))
      }
    }
    #expect(count == input.count && output.dropLast().elementsEqual(input) && output.last == 0xA5, comment)
    for kernel in 1..<rk_snappy_kernels() {
      let other = Self.compress(input, kernel: kernel)
      #expect(compressed.slice.bytes.withUnsafeBytes { $0.elementsEqual(other) }, comment)
    }
  }

  /// What one kernel makes of an input.
  private static func compress(_ input: [UInt8], kernel: Int) -> [UInt8] {
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: rk_snappy_scratch_size(), alignment: 64)
    defer { scratch.deallocate() }
    return [UInt8](unsafeUninitializedCapacity: rk_snappy_bound(input.count)) { output, count in
      guard let target = output.baseAddress else { return }
      count = rk_snappy_compress(input, input.count, target, scratch, kernel)
    }
  }

  @Test("every length from nothing on, of noise, of one byte and of short periods")
  func lengths() throws {
    var generator = SplitMix(state: 1)
    let noise = (0..<700).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for count in 0..<700 {
      try check(Array(noise[..<count]))
      for period in [1, 2, 3, 7, 8, 9, 64] { try check((0..<count).map { noise[$0 % period] }, "\(count), \(period)") }
    }
  }

  @Test("lengths and distances around the borders of the format's copies and literals")
  func borders() throws {
    var generator = SplitMix(state: 2)
    let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for length in [4, 7, 8, 11, 12, 59, 60, 61, 63, 64, 65, 67, 68, 69, 124, 127, 128, 132, 255, 256, 257, 70_000] {
      for distance in [length, 2047, 2048, 65_534, 65_535, 65_536, 65_537, 131_072] where distance >= length {
        try check(Array(noise[..<distance]) + noise[..<length] + noise[150_000..<150_200], "\(length), \(distance)")
      }
    }
    for length in [65_535, 65_536, 65_537, 200_000] { try check(Array(noise[..<length])) }
    try check([UInt8](repeating: 7, count: 3_000_000))
    let long = (0..<1_000_100).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for length in stride(from: 1_000_000, through: long.count, by: 5) { try check(Array(long[..<length])) }
    // Around the ends of the stretches that are searched at a time, and of their halves.
    for border in [4096, 8192, 12_288, 16_384] {
      for length in (border - 100)...(border + 200) {
        let text = (0..<length).map { noise[$0 % 50 + ($0 % 1000 < 900 ? 0 : $0)] }
        try check(text, "\(length)")
      }
    }
  }

  @Test("random mixtures of noise, words and repetitions")
  func mixtures() throws {
    var generator = SplitMix(state: 3)
    for round in 0..<600 {
      var input: [UInt8] = []
      let limit = Int.random(in: 1...150_000, using: &generator)
      while input.count < limit {
        switch Int.random(in: 0...3, using: &generator) {
        case 0:
          for _ in 0..<Int.random(in: 1...200, using: &generator) {
            input.append(.random(in: 0...255, using: &generator))
          }
        case 1:
          for _ in 0..<Int.random(in: 1...30, using: &generator) {
            input +=
              ["the ", "answer ", "is ", "in ", "other words "].randomElement(using: &generator)?.utf8 ?? "".utf8
          }
        case 2: input += [UInt8](repeating: .random(in: 0...255, using: &generator), count: 80)
        default:
          guard !input.isEmpty else { continue }
          let start = Int.random(in: 0..<input.count, using: &generator)
          input += input[start..<min(input.count, start + Int.random(in: 1...5000, using: &generator))]
        }
      }
      try check(input, "round \(round)")
    }
  }

  @Test("a page of English is no longer than libsnappy makes it")
  func size() throws {
    var generator = SplitMix(state: 4)
    let words = (0..<3000).map { _ in
      String(
        (0..<Int.random(in: 2...9, using: &generator)).map { _ in
          Character(Unicode.Scalar(UInt8.random(in: 97...122, using: &generator)))
        })
    }
    var text = ""
    while text.utf8.count < 1 << 20 {
      // Few words make up most of a text.
      let rank = Double.random(in: 0..<1, using: &generator)
      text += words[Int(rank * rank * rank * Double(words.count))] + " "
    }
    let input = Array(text.utf8)
    let own = try #require(
      try input.span.bytes.withUnsafeBytes { (bytes) throws(ColumnarFileError) in
        var pool = MemoryPool()
        return try Snappy.compress(bytes, pool: &pool)
      }
    ).count
    var reference = [CChar](repeating: 0, count: snappy_max_compressed_length(input.count))
    var size = reference.count
    let status = input.withUnsafeBytes { bytes in
      snappy_compress(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &reference, &size)
    }
    #expect(status == SNAPPY_OK && own <= size, "\(own) bytes, libsnappy \(size)")
  }
}
