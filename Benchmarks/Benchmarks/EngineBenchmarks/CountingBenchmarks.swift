import Benchmark
import ChatTemplates
import ModelHub
import Support
import Tokenizers

/// Scanning, probing, merging, normalizing and template spans.
enum CountingBenchmarks {
  private static let size = 1 << 20

  static func register() {
    for (name, family) in [("llama", TokenizerKind.llama3), ("qwen", .qwen3), ("gemma", .gemma2)] {
      registerCounting(name, family)
    }
    for template in ChatTemplate.native { registerRendering(template) }
  }

  private static func registerCounting(_ name: String, _ family: TokenizerKind) {
    registerWarm("scan: 1 MiB of single letters, \(name)", family) { texts in texts.singleLetters(bytes: size) }
    // 2,000 words stay in the first-level cache; 60,000 need the second.
    registerWarm("probe: 1 MiB of 2,000 words, \(name)", family) { texts in
      texts.prose(bytes: size, vocabulary: 2_000)
    }
    registerWarm("probe: 1 MiB of 60,000 words, \(name)", family) { texts in
      texts.prose(bytes: size, vocabulary: 60_000)
    }
    Benchmark("merge: 20,000 new words, \(name)") { benchmark in
      var texts = SampleTexts(seed: 3)
      let bytes = texts.newWords(20_000)
      let tokenizer = try tokenizer(family)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        // A new counter remembers nothing.
        var counter = tokenizer.makeCounter()
        blackHole(counter.count(bytes.span.bytes))
      }
      benchmark.stopMeasurement()
    }
  }

  /// Counts a text that a counter has seen before.
  private static func registerWarm(
    _ name: String, _ family: TokenizerKind, text: @escaping @Sendable (inout SampleTexts) -> [UInt8]
  ) {
    Benchmark(name) { benchmark in
      var texts = SampleTexts(seed: 2)
      let bytes = text(&texts)
      var counter = try tokenizer(family).makeCounter()
      blackHole(counter.count(bytes.span.bytes))
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { blackHole(counter.count(bytes.span.bytes)) }
      benchmark.stopMeasurement()
    }
  }

  /// Renders 1,000 conversations of three turns.
  private static func registerRendering(_ template: ChatTemplate) {
    Benchmark("template: 1,000 conversations, \(template.name)") { benchmark in
      var texts = SampleTexts(seed: 5)
      let text = texts.prose(bytes: 2_048, vocabulary: 500)
      let turns: [(ChatRole, Range<Int>)] = [(.user, 0..<120), (.assistant, 121..<1_400), (.user, 1_401..<1_500)]
      let messages = turns.map { ChatMessage(role: $0.0, content: $0.1) }
      var chat = RenderedChat()
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        for _ in 0..<1_000 {
          try template.render(messages, of: text.span.bytes, arguments: TemplateArguments(), into: &chat)
        }
      }
      benchmark.stopMeasurement()
      blackHole(chat.bytes.count)
    }
  }

  private static func tokenizer(_ family: TokenizerKind) throws -> Tokenizer {
    try Tokenizer(
      kind: family, location: VocabularyStore().locate(family), tables: .userCache,
      kernels: Files.environment("TOKENSTATS_KERNEL"))
  }
}
