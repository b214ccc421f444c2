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
      let borders = (0..<3).map { _ in Int.random(in: 0...text.count, using: &random) }.sorted()
      counter.count(text.span.bytes, borders: borders, into: &counts)
      #expect(counts.reduce(0, +) == expected.count, "\(name) round \(round): \(shown)")
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
    change { $0.addedTokens[0].lstrip = true }
    change { $0.addedTokens[1].rstrip = true }
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

  @Test("Vocabularies that cannot be cut around white space have no fast path")
  func whiteSpace() throws {
    let definition = SyntheticDefinition(seed: 4, kind: .characters).definition
    guard case .bpe(let model) = definition.model else { return }
    func reason(_ change: (inout TokenizerDefinition) -> Void) -> String? {
      var changed = definition
      change(&changed)
      switch try? Tokenizer(changed).engine {
      case .pieces(let reason), .reference(let reason): return reason
      case .compiled, nil: return nil
      }
    }
    #expect(reason { _ in } == nil)
    #expect(reason { $0.addedTokens.removeAll { $0.content == [0x0A, 0x0A] } }?.contains("newlines") == true)
    #expect(reason { $0.addedTokens[0].content = Array(" <".utf8) }?.contains("begins with a space") == true)
    #expect(reason { $0.addedTokens[0].content = Array("\t<".utf8) }?.contains("something else") == true)
    // Two spaces that are not one token.
    let cut = reason { definition in
      var model = model
      let texts = model.vocabulary.texts
      model.merges.removeAll { texts[Int($0.result)].elementsEqual(SpaceMark.bytes + SpaceMark.bytes) }
      definition.model = .bpe(model)
    }
    #expect(cut?.contains("run of spaces") == true)
    // A space that merges with a letter before it merges with another space.
    let words = reason { definition in
      var model = model
      let texts = model.vocabulary.texts
      let isWord = model.merges.map { merge in
        texts[Int(merge.left)].elementsEqual(SpaceMark.bytes) && !texts[Int(merge.right)].starts(with: SpaceMark.bytes)
      }
      #expect(isWord.contains(true))
      model.merges =
        zip(model.merges, isWord).filter { $0.1 }.map { $0.0 } + zip(model.merges, isWord).filter { !$0.1 }.map { $0.0 }
      for rank in model.merges.indices { model.merges[rank].rank = UInt32(rank) }
      definition.model = .bpe(model)
    }
    #expect(words?.contains("before it merges with spaces") == true)
  }
}
