import CTokenizerKernels
import TestSupport
import Testing

@testable import Tokenizers

@Suite("Normalization form C")
struct NormalizerTests {
  /// Normalizes scalars and checks on the way that the quick check and the alignment agree with the result.
  private func normalized(_ scalars: [UInt32]) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in scalars {
      UTF8Scalar.append(scalar, to: &bytes)
    }
    return normalized(bytes: bytes)
  }

  private func normalized(bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [1, 2, 3]
    var alignment: [Int]? = [7]
    Normalizer.normalizeNFC(bytes.span.bytes, into: &result, alignment: &alignment)
    let isSame = result == bytes
    #expect(Normalizer.isNormalized(bytes.span.bytes) == isSame)
    #expect(alignment?.count == result.count)
    let offsets = alignment ?? []
    #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(offsets.allSatisfy { bytes.indices.contains($0) })
    return result
  }

  private func utf8(_ scalars: some Sequence<UInt32>) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in scalars {
      UTF8Scalar.append(scalar, to: &bytes)
    }
    return bytes
  }

  @Test("Every scalar alone normalizes as in the reference")
  func singleScalars() throws {
    let reference = try UnicodeReference.load()
    var changed: [UInt32: [UInt32]] = [:]
    for entry in reference.changed {
      changed[entry[0]] = Array(entry.dropFirst())
    }
    #expect(changed.count > 1_000)
    var wrong: [UInt32] = []
    for scalar in UInt32(0)..<0x11_0000 where scalar & 0xFFFF_F800 != 0xD800 {
      if normalized([scalar]) != utf8(changed[scalar] ?? [scalar]) {
        wrong.append(scalar)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10).map { String($0, radix: 16) })")
  }

  @Test("Every code point has the combining class that the reference shows")
  func combiningClasses() throws {
    let reference = try UnicodeReference.load()
    var expected = [UInt8](repeating: 0, count: 0x11_0000)
    for entry in reference.combining {
      expected[Int(entry[0])] = UInt8(entry[1])
    }
    var wrong: [UInt32] = []
    for codePoint in UInt32(0)..<0x11_0000 {
      let trait = unicode_nfc_trait_of(codePoint)
      // Code points that decompose never get as far as ordering.
      if trait.decomposes == 0, trait.combining_class != expected[Int(codePoint)] {
        wrong.append(codePoint)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10).map { String($0, radix: 16) })")
  }

  @Test("Exactly the reference's pairs compose")
  func compositions() throws {
    let reference = try UnicodeReference.load()
    var expected: [UInt64: UInt32] = [:]
    for entry in reference.compositions {
      expected[UInt64(entry[0]) << 32 | UInt64(entry[1])] = entry[2]
    }
    #expect(expected.count > 900)
    var wrong: [UInt32] = []
    for second in Set(reference.compositions.map { $0[1] }) {
      for first in UInt32(0)..<0x11_0000 {
        let composite = unicode_nfc_composite_of(first, second)
        if composite != 0, expected[UInt64(first) << 32 | UInt64(second)] == nil {
          wrong.append(first)
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10).map { String($0, radix: 16) })")
    for entry in reference.compositions {
      #expect(normalized([entry[0], entry[1]]) == utf8([entry[2]]))
    }
  }

  @Test("Random strings of marks, composites and jamo normalize as in the reference")
  func randomStrings() throws {
    let random = try UnicodeReference.load().random
    var generator = SplitMix(state: random.seed)
    #expect(random.digests.count == 100)
    for (block, expected) in random.digests.enumerated() {
      var digest: UInt64 = 0xCBF2_9CE4_8422_2325
      for _ in 0..<random.strings {
        let scalars = (0..<1 + generator.next() % 12).map { _ in
          random.alphabet[Int(generator.next() % UInt64(random.alphabet.count))]
        }
        for byte in normalized(scalars) + [0xFF] {
          digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3
        }
      }
      let shown = String(digest, radix: 16)
      #expect(String(repeating: "0", count: 16 - shown.count) + shown == expected, "block \(block)")
    }
  }

  @Test("Every Hangul syllable decomposes and composes to itself")
  func hangul() {
    for syllable in Hangul.syllables {
      var jamo: [UInt32] = []
      Hangul.decompose(syllable) { jamo.append($0) }
      #expect(normalized(jamo) == utf8([syllable]))
    }
  }

  @Test("Offsets point at the sources, in the order of the text")
  func alignment() {
    // a, acute above, dot below, b, precomposed e-acute, dot below: the marks change places or join their letters.
    let text: [UInt32] = [0x61, 0x301, 0x323, 0x62, 0xE9, 0x323, 0x63]
    var result: [UInt8] = []
    var alignment: [Int]? = []
    let bytes = utf8(text)
    Normalizer.normalizeNFC(bytes.span.bytes, into: &result, alignment: &alignment)
    #expect(result == utf8([0x1EA1, 0x301, 0x62, 0x1EB9, 0x301, 0x63]))
    #expect(alignment == [0, 0, 0, 1, 1, 5, 6, 6, 6, 6, 6, 10])
  }

  @Test("Malformed bytes stay as they are and join nothing")
  func malformedBytes() {
    let acute: [UInt8] = [0xCC, 0x81]
    #expect(normalized(bytes: [0x61] + acute) == [0xC3, 0xA1])
    for malformed: [UInt8] in [
      [0x80], [0xFF], [0xC3], [0xE1, 0x84], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90],
    ] {
      #expect(normalized(bytes: malformed) == malformed)
      #expect(normalized(bytes: [0x61] + malformed + acute) == [0x61] + malformed + acute)
      #expect(normalized(bytes: malformed + [0x61] + acute) == malformed + [0xC3, 0xA1])
      #expect(normalized(bytes: [0x61] + acute + malformed) == [0xC3, 0xA1] + malformed)
    }
  }

  @Test("Runs of marks of every length are put into canonical order, marks of one class staying as they were")
  func longRuns() {
    // None of them joins the letter before; several are of one class.
    let marks: [UInt32] = [0x301, 0x334, 0x323, 0x345, 0x302, 0x5B0, 0x327, 0x32D, 0x300]
    let classes: [UInt32: Int] = [
      0x301: 230, 0x334: 1, 0x323: 220, 0x345: 240, 0x302: 230, 0x5B0: 10, 0x327: 202, 0x32D: 220, 0x300: 230,
    ]
    var random = SplitMix(state: 8)
    for count in Array(0...40) + [1_000, 1 << 18] {
      let run = (0..<count).map { _ in marks.randomElement(using: &random) ?? 0x301 }
      let ordered = Set(classes.values).sorted().flatMap { order in run.filter { classes[$0] == order } }
      #expect(normalized([0x4E2D] + run + [0x4E2D]) == utf8([0x4E2D] + ordered + [0x4E2D]), "\(count) marks")
      #expect(normalized(run) == utf8(ordered), "\(count) marks at the start")
    }
  }

  @Test("What is reordered, joined or divided a quarter of a million times normalizes as it does once")
  func longPatterns() {
    let count = 1 << 18
    func repeated(_ scalars: [UInt32]) -> [UInt32] { (0..<count).flatMap { _ in scalars } }
    #expect(normalized(repeated([0x301])) == utf8(repeated([0x301])))
    #expect(normalized(repeated([0x1161])) == utf8(repeated([0x1161])))
    #expect(normalized(repeated([0x61, 0x301])) == utf8(repeated([0xE1])))
    #expect(normalized(repeated([0x344])) == utf8(repeated([0x308, 0x301])))
    #expect(
      normalized(repeated([0x323, 0x301, 0x334]))
        == utf8(repeated([0x334]) + repeated([0x323]) + repeated([0x301])))
  }
}
