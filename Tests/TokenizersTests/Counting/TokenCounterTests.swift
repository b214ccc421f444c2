import ModelHub
import TestSupport
import Testing

@testable import Tokenizers

/// The counter equals the encoder, whatever the kernels, the text and what was counted before.
@Suite struct TokenCounterTests {
  static let cases = ModelRegistry.tokenizers.flatMap { family in
    CountingKernels.available.map { (family: family, kernels: $0.name) }
  }

  @Test("Counts of random texts equal the numbers of ids, with every set of kernels", arguments: cases)
  func countsEqualEncoding(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    var texts = RandomText(seed: 1)
    for round in 0..<3000 {
      let text = texts.next(pieces: round % 60, isDamaged: round % 16 == 0)
      let expected = try tokenizer.encode(text.span.bytes).count
      let counted = counter.count(text.span.bytes)
      #expect(counted == expected, "\(test) round \(round): \(String(decoding: text, as: UTF8.self).debugDescription)")
      if counted != expected { return }
    }
  }

  @Test("Long texts are counted alike across chunks, with every set of kernels", arguments: cases)
  func chunksDoNotMatter(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    var texts = RandomText(seed: 2)
    for round in 0..<40 {
      let text = texts.next(pieces: 2000 + 50 * round)
      #expect(try counter.count(text.span.bytes) == tokenizer.encode(text.span.bytes).count, "\(test) round \(round)")
    }
  }

  @Test("A text is counted alike at every position in its blocks", arguments: cases)
  func alignmentDoesNotMatter(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    let text =
      "I'll pay 12345,\u{3000}\u{A0} don't\n \n  you're 日本語! \u{2014}x  e\u{301} \r\n\t'sit 1٣٤5.\n\n\n    end  "
    for padding in 0..<130 {
      for filler in [UInt8(ascii: "x"), UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "7"), UInt8(ascii: "\n")] {
        let bytes = [UInt8](repeating: filler, count: padding) + Array(text.utf8)
        #expect(
          try counter.count(bytes.span.bytes) == tokenizer.encode(bytes.span.bytes).count,
          "\(test) \(padding) \(filler)")
      }
    }
  }

  @Test("A text is counted alike on either side of the border of two chunks", arguments: cases)
  func chunkBordersDoNotMatter(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    let text = "it's 1234567½٣٤ \u{3000}x\u{A0}\u{2003}don't?!\n\n \n  \u{3000}\nyou'll—e\u{301}中、👍🏽\n\n\t  end"
    let border = SegmentBuffers.chunkBytes
    let behind = Array(" word".utf8) + [UInt8](repeating: UInt8(ascii: "y"), count: 2 * 64)
    for padding in border - text.utf8.count..<border + 4 {
      for filler in [UInt8(ascii: "x"), UInt8(ascii: " "), UInt8(ascii: "7")] {
        let bytes = [UInt8](repeating: filler, count: padding) + Array(text.utf8) + behind
        #expect(
          try counter.count(bytes.span.bytes) == tokenizer.encode(bytes.span.bytes).count,
          "\(test) \(padding) \(filler)")
      }
    }
  }

  @Test("Every set of kernels finds the same texts well-formed", arguments: CountingKernels.available.map(\.name))
  func wellFormedTexts(_ kernels: String) throws {
    let kernels = try CountingKernels.selected(name: kernels)
    var texts = RandomText(seed: 6)
    var random = SplitMix(state: 7)
    // The bytes at which the rules change.
    let edges: [UInt8] = [
      0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
      0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF,
    ]
    for round in 0..<20_000 {
      var text = round % 2 == 0 ? texts.next(pieces: round % 30) : Array(repeating: 0x61, count: round % 70)
      for _ in 0..<round % 5 {
        let place = Int.random(in: 0...text.count, using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          text.insert(edges.randomElement(using: &random) ?? 0, at: place)
        }
      }
      text.withUnsafeBufferPointer { bytes in
        #expect(kernels.isValidUTF8(bytes) == UTF8Repair.isValid(bytes), "\(round): \(text)")
      }
    }
  }

  @Test(
    "The text of every token is counted as it is encoded, alone and inside a word, with every set of kernels",
    arguments: cases
  )
  func everyToken(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    for token in 0..<TokenID(tokenizer.vocabularySize) {
      let word = try tokenizer.decodeBytes([token])
      for text in [word, Array("龘".utf8) + word, word + Array("龘".utf8)] {
        let counted = counter.count(text.span.bytes)
        #expect(try counted == tokenizer.encode(text.span.bytes).count, "\(test) token \(token): \(text)")
      }
    }
  }

  @Test(
    "Counts between borders are the numbers of tokens that begin there, with every set of kernels", arguments: cases)
  func bordersSplitCounts(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    var encoder = TextEncoder(try #require(tokenizer.tables))
    var texts = RandomText(seed: 3)
    var counts: [Int] = []
    for round in 0..<3000 {
      let text = texts.next(pieces: round % 50, isDamaged: round % 16 == 0)
      let borders = texts.borders(in: text.count)
      counter.count(text.span.bytes, borders: borders, into: &counts)
      text.withUnsafeBufferPointer { encoder.encode($0) }
      var expected: [Int] = []
      var last = 0
      for border in borders {
        expected.append(encoder.starts.count { $0 < border } - last)
        last += expected.last ?? 0
      }
      expected.append(encoder.starts.count - last)
      #expect(
        counts == expected,
        "\(test) round \(round): \(borders) \(String(decoding: text, as: UTF8.self).debugDescription)")
      if counts != expected { return }
    }
  }

  @Test("What was counted before changes nothing", arguments: ModelRegistry.tokenizers)
  func cacheDoesNotMatter(_ family: TokenizerKind) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(family, suite: "TokenCounterTests") else { return }
    var used = tokenizer.makeCounter()
    var texts = RandomText(seed: 4)
    for _ in 0..<200 { _ = used.count(texts.next(pieces: 400).span.bytes) }
    for _ in 0..<50 {
      let text = texts.next(pieces: 100)
      var fresh = tokenizer.makeCounter()
      let counted = fresh.count(text.span.bytes)
      #expect(counted == used.count(text.span.bytes))
      #expect(counted == fresh.count(text.span.bytes))
    }
  }

  @Test("A mebibyte of one kind of text is counted as it is encoded, with every set of kernels", arguments: cases)
  func longRuns(_ test: (family: TokenizerKind, kernels: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(test.family, suite: "TokenCounterTests") else { return }
    var counter = TokenCounter(
      try #require(tokenizer.tables), kernels: try CountingKernels.selected(name: test.kernels))
    var random = SplitMix(state: 5)
    let letters = (0..<1 << 20).map { _ in UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random) }
    let bytes = (0..<1 << 18).map { _ in UInt8.random(in: 0...255, using: &random) }
    var runs = [letters, bytes]
    for unit in ["a", "_", " ", "\n", "\u{4E2D}", "\u{301}", "ab", "\t", "\u{2581}", "1"] {
      runs.append(Array(String(repeating: unit, count: (1 << 20) / unit.utf8.count).utf8))
    }
    for run in runs {
      #expect(try counter.count(run.span.bytes) == tokenizer.encode(run.span.bytes).count, "\(test) \(run.prefix(4))")
    }
  }

  @Test("An unknown set of kernels is an error that lists the others")
  func unknownKernels() {
    #expect(throws: TokenizerError.self) { try CountingKernels.selected(name: "mmx") }
    #expect(CountingKernels.available.contains { $0.name == "portable" })
  }
}
