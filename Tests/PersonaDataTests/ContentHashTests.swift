import CTextKernels
import TestSupport
import Testing

@testable import Datasets
@testable import PersonaData

/// The inner loops behind raw records: a hash that notices changes, and a check of UTF-8.
struct ContentHashTests {
  private func hash(_ bytes: [UInt8], pieces: Int) -> UInt64 {
    var hash = ContentHash()
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      hash.update(bytes.span.bytes.extracting(start..<min(start + pieces, bytes.count)))
    }
    return hash.value
  }

  @Test("a hash does not depend on how bytes are cut, and on every bit and on the length of them")
  func pieces() {
    var generator = SplitMix(state: 3)
    for count in [0, 1, 31, 32, 33, 64, 100, 257] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let whole = hash(bytes, pieces: max(1, count))
      for size in [1, 5, 32, 40] { #expect(hash(bytes, pieces: size) == whole) }
      #expect(hash(bytes + [0], pieces: 400) != whole)
      for bit in 0..<count * 8 {
        var changed = bytes
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(hash(changed, pieces: count) != whole)
      }
    }
  }

  @Test("zeros of every length, and blocks that change places, have hashes of their own")
  func distinct() {
    var seen: Set<UInt64> = []
    for count in 0..<300 { seen.insert(hash([UInt8](repeating: 0, count: count), pieces: 400)) }
    #expect(seen.count == 300)
    let (a, b) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
    #expect(hash(a + b, pieces: 400) != hash(b + a, pieces: 400))
  }

  @Test("what is well-formed is what Swift takes for it, and the first damage is found where Swift finds it")
  func wellFormed() {
    var generator = SplitMix(state: 7)
    let pieces: [[UInt8]] = [
      [0x61], Array("plain text of more than thirty-two bytes".utf8), Array("é".utf8), Array("中".utf8), Array("😀".utf8),
      [0xC1, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0x80], [0xE4, 0xB8], [0xF0, 0x9F, 0x98], [0xED, 0x9F, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF],
    ]
    for round in 0..<5000 {
      var bytes: [UInt8] = []
      // The first pieces are well-formed: so are the texts of every other round.
      let choice = round % 2 == 0 ? pieces[..<5] : pieces[...]
      for _ in 0..<Int.random(in: 0...12, using: &generator) { bytes += choice.randomElement(using: &generator) ?? [] }
      var expected = bytes.count
      do throws(UTF8.ValidationError) {
        _ = try UTF8Span(validating: bytes.span)
      } catch { expected = error.byteOffsets.lowerBound }
      #expect(bytes.withUnsafeBufferPointer { rk_well_formed($0.baseAddress, $0.count) } == expected)
    }
  }
}
