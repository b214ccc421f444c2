import Support
import TestSupport
import Testing

@testable import Tokenizers

/// On random vocabularies the counter, the encoder and the reference code give the same tokens.
@Suite struct SyntheticTests {
  static let cases = SyntheticDefinition.Kind.allCases.flatMap { kind in
    CountingKernels.available.map { (kind: kind, kernels: $0.name) }
  }

  private static func check(
    _ synthetic: SyntheticDefinition, kernels: String, texts: Int, _ random: inout SplitMix, _ name: String
  ) throws {
    let tokenizer = try Tokenizer(synthetic.definition, kernels: kernels)
    #expect(tokenizer.engine == .compiled, "\(name)")
    let reference = try ReferenceTokenizer(synthetic.definition)
    var counter = tokenizer.makeCounter()
    var counts: [Int] = []
    for round in 0..<texts {
      let text = synthetic.text(pieces: 1 + round % 40, &random)
      let expected = try text.withUnsafeBufferPointer { try reference.encode($0) }
      let ids = try tokenizer.encode(text.span.bytes)
      let count = counter.count(text.span.bytes)
      let shown = String(decoding: text, as: UTF8.self).debugDescription
      #expect(ids == expected.map(\.id), "\(name) round \(round): \(shown)")
      #expect(count == expected.count, "\(name) round \(round): \(shown)")
      // Inside characters and in ill-formed text, which is repaired, the reference knows no borders.
      let isValid = text.withUnsafeBufferPointer { UTF8Repair.isValid($0) }
      let borders = (0..<3).map { _ in Int.random(in: 0...text.count, using: &random) }.sorted().filter {
        $0 == text.count || text[$0] & 0xC0 != 0x80
      }
      counter.count(text.span.bytes, borders: borders, into: &counts)
      var parts = BorderCounter(borders)
      for start in expected.map(\.source.lowerBound).sorted() { parts.add(1, at: start) }
      #expect(!isValid || counts == parts.counts, "\(name) round \(round), borders \(borders): \(shown)")
      let decoded = String(decoding: try reference.decode(ids), as: UTF8.self)
      #expect(try tokenizer.decode(ids).utf8.elementsEqual(decoded.utf8), "\(name) round \(round): \(shown)")
      if ids != expected.map(\.id) || count != expected.count { return }
    }
  }

  @Test("Counter, encoder and reference code agree, with every set of kernels", arguments: cases)
  func agree(_ test: (kind: SyntheticDefinition.Kind, kernels: String)) throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      var random = SplitMix(state: seed &* 77)
      try Self.check(
        SyntheticDefinition(seed: seed, kind: test.kind), kernels: test.kernels, texts: 30, &random,
        "\(test) seed \(seed)")
    }
  }

  @Test(
    "Added tokens are found whatever the number of bytes that they begin with",
    arguments: SyntheticDefinition.Kind.allCases, [0, 1, 3, 10, 100])
  func firstBytes(kind: SyntheticDefinition.Kind, count: Int) throws {
    let synthetic = SyntheticDefinition(seed: UInt64(count), kind: kind, addedTokens: count)
    var random = SplitMix(state: 5)
    for kernels in CountingKernels.available {
      try Self.check(synthetic, kernels: kernels.name, texts: 20, &random, "\(kind) \(count)")
    }
  }

  @Test(
    "What the fast paths do not follow is followed by the reference code", arguments: SyntheticDefinition.Kind.allCases)
  func obstacles(kind: SyntheticDefinition.Kind) throws {
    let synthetic = SyntheticDefinition(seed: 3, kind: kind)
    var changes: [TokenizerDefinition] = []
    func change(_ body: (inout TokenizerDefinition) -> Void) {
      var changed = synthetic.definition
      body(&changed)
      changes.append(changed)
    }
    change { $0.normalizer = .lowercase }
    change { $0.preTokenizer = .whitespace }
    change { $0.preTokenizer = .split(.regex(Array(#"\s+|\S+"#.utf8)), behavior: .isolated, invert: false) }
    switch kind {
    case .characters, .longRuns: change { $0.addedTokens[0].lstrip = true }
    case .byteLevel, .bytes:
      // Two that take in white space, of which one is looked for before the other.
      change {
        $0.normalizer = nil
        for index in $0.addedTokens.indices { $0.addedTokens[index].normalized = index == 0 }
        $0.addedTokens[0].lstrip = true
        $0.addedTokens[1].rstrip = true
      }
      // White space that is a token itself.
      change {
        $0.addedTokens[0].lstrip = true
        $0.addedTokens[1].content = Array("x ".utf8)
      }
    }
    change { $0.addedTokens[2].singleWord = true }
    change {
      // Two that overlap, of which one is looked for before the other.
      $0.addedTokens[0].normalized = true
      $0.addedTokens[1].normalized = false
      $0.addedTokens[1].content = $0.addedTokens[0].content + [0x78]
    }
    var random = SplitMix(state: 9)
    for (number, changed) in changes.enumerated() {
      let tokenizer = try Tokenizer(changed)
      #expect(tokenizer.engine != .compiled, "change \(number)")
      let reference = try ReferenceTokenizer(changed)
      var counter = tokenizer.makeCounter()
      for round in 0..<20 {
        let text = synthetic.text(pieces: 1 + round, &random)
        let result = Result { try text.withUnsafeBufferPointer { try reference.encode($0) } }
        let failures = counter.failureCount
        let count = counter.count(text.span.bytes)
        switch result {
        case .success(let tokens):
          #expect(count == tokens.count && counter.failureCount == failures, "change \(number)")
          #expect(try tokenizer.encode(text.span.bytes) == tokens.map(\.id), "change \(number)")
        case .failure: #expect(count == 0 && counter.failureCount == failures + 1, "change \(number)")
        }
      }
    }
  }

  @Test("Vocabularies that cannot be cut around white space are cut where no token can be")
  func whiteSpace() throws {
    let synthetic = SyntheticDefinition(seed: 4, kind: .characters)
    guard case .bpe(let model) = synthetic.definition.model else { return }
    let texts = model.vocabulary.texts
    func check(_ name: String, hasRuns: Bool, _ change: (inout SyntheticDefinition) -> Void) throws {
      var changed = synthetic
      change(&changed)
      #expect(try Tokenizer(changed.definition).tables?.hasRuns == hasRuns, "\(name)")
      var random = SplitMix(state: 6)
      for kernels in CountingKernels.available {
        try Self.check(changed, kernels: kernels.name, texts: 40, &random, name)
      }
    }
    try check("unchanged", hasRuns: true) { _ in }
    try check("no run of two newlines", hasRuns: false) { synthetic in
      synthetic.definition.addedTokens.removeAll { $0.content == [0x0A, 0x0A] }
    }
    try check("an added token begins with a space", hasRuns: false) {
      $0.definition.addedTokens[0].content = Array(" <".utf8)
    }
    try check("an added token begins with a tab", hasRuns: false) {
      $0.definition.addedTokens[0].content = Array("\t<".utf8)
    }
    try check("two spaces are not one token", hasRuns: false) { synthetic in
      var model = model
      model.merges.removeAll { texts[Int($0.result)].elementsEqual(SpaceMark.bytes + SpaceMark.bytes) }
      synthetic.definition.model = .bpe(model)
    }
    try check("a space merges with a letter before it merges with another space", hasRuns: false) { synthetic in
      var model = model
      let isWord = model.merges.map { merge in
        texts[Int(merge.left)].elementsEqual(SpaceMark.bytes) && !texts[Int(merge.right)].starts(with: SpaceMark.bytes)
      }
      #expect(isWord.contains(true))
      model.merges =
        zip(model.merges, isWord).filter { $0.1 }.map { $0.0 } + zip(model.merges, isWord).filter { !$0.1 }.map { $0.0 }
      for rank in model.merges.indices { model.merges[rank].rank = UInt32(rank) }
      synthetic.definition.model = .bpe(model)
    }
  }

  @Test(
    "White space around added tokens belongs to them, with every set of kernels",
    arguments: [SyntheticDefinition.Kind.byteLevel, .bytes])
  func spacesAround(kind: SyntheticDefinition.Kind) throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      var synthetic = SyntheticDefinition(seed: seed, kind: kind)
      for index in [0, 2] { synthetic.definition.addedTokens[index].lstrip = true }
      for index in [1, 2] { synthetic.definition.addedTokens[index].rstrip = true }
      let white = [" ", "\t \n", "\u{3000} ", "\u{a0}"]
      for token in synthetic.definition.addedTokens {
        for space in white { synthetic.add(Array(space.utf8) + token.content + Array(space.utf8)) }
      }
      for kernels in CountingKernels.available {
        var random = SplitMix(state: seed)
        try Self.check(synthetic, kernels: kernels.name, texts: 60, &random, "\(kind) \(seed)")
      }
    }
  }

  @Test("A space is put before text as Llama 2 and Mistral do, with every set of kernels")
  func spacePrefixes() throws {
    let mark = NormalizerDefinition.replace(.string([0x20]), content: SpaceMark.bytes)
    let schemes = MetaspaceOptions.PrependScheme.allCases
    for seed in 1...3 as ClosedRange<UInt64> {
      for number in 0...schemes.count {
        var synthetic = SyntheticDefinition(seed: seed, kind: .characters)
        if number < schemes.count {
          synthetic.definition.normalizer = nil
          synthetic.definition.preTokenizer = .metaspace(
            MetaspaceOptions(prependScheme: schemes[number], split: false))
        } else {
          synthetic.definition.normalizer = .sequence([.prepend(SpaceMark.bytes), mark])
        }
        // Runs of white space are no added tokens, and one takes in white space.
        synthetic.definition.addedTokens.removeAll { [0x0A, 0x09].contains($0.content[0]) }
        synthetic.definition.addedTokens[0].rstrip = true
        synthetic.definition.decoder = .sequence([
          .replace(.string(SpaceMark.bytes), content: [0x20]), .byteFallback, .fuse,
          .strip(content: " ", start: 1, stop: 0),
        ])
        for kernels in CountingKernels.available {
          var random = SplitMix(state: seed)
          try Self.check(synthetic, kernels: kernels.name, texts: 40, &random, "\(seed) \(number)")
        }
      }
    }
  }

  @Test("Bytes of unknown characters are decoded as the reference does, in any order")
  func fallbackBytes() throws {
    let synthetic = SyntheticDefinition(seed: 2, kind: .characters)
    let tokenizer = try Tokenizer(synthetic.definition)
    let reference = try ReferenceTokenizer(synthetic.definition)
    var random = SplitMix(state: 8)
    for _ in 0..<500 {
      // The first 257 tokens are the unknown one and those of bytes.
      let ids = (0..<8).map { _ in TokenID.random(in: 0..<300, using: &random) }
      #expect(try tokenizer.decodeBytes(ids) == reference.decode(ids), "\(ids)")
    }
  }
}
