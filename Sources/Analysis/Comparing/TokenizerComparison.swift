public import Counting
public import Support
public import TokenStatistics

/// The number of tokens of the same texts under several tokenizers.
///
/// The texts are message contents alone, without any chat template, so the numbers reflect the vocabularies only.
public struct TokenizerComparison: RowSummary, Equatable {
  /// The sums over some texts.
  public struct Totals: Sendable, Equatable {
    /// The number of texts.
    public internal(set) var texts = 0
    /// Their bytes.
    public internal(set) var bytes = 0
    /// Their Unicode scalars.
    public internal(set) var characters = 0
    /// Their tokens under each tokenizer, in the comparison's order.
    public internal(set) var tokens: [Int]

    init(tokenizers: Int) { tokens = [Int](repeating: 0, count: tokenizers) }

    /// The bytes per token under the tokenizer at `index`; nil without tokens.
    public func bytesPerToken(_ index: Int) -> Double? {
      tokens[index] > 0 ? Double(bytes) / Double(tokens[index]) : nil
    }

    /// The Unicode scalars per token under the tokenizer at `index`; nil without tokens.
    public func charactersPerToken(_ index: Int) -> Double? {
      tokens[index] > 0 ? Double(characters) / Double(tokens[index]) : nil
    }

    /// The tokens under the tokenizer at `index` as a multiple of those under the first; nil without tokens.
    public func ratio(_ index: Int) -> Double? {
      tokens[0] > 0 ? Double(tokens[index]) / Double(tokens[0]) : nil
    }

    mutating func add(bytes: Int, characters: Int, tokens new: [Int]) {
      texts += 1
      self.bytes += bytes
      self.characters += characters
      for index in tokens.indices { tokens[index] += new[index] }
    }

    /// The difference between the most and the fewest tokens.
    public var spread: Int { (tokens.max() ?? 0) - (tokens.min() ?? 0) }

    /// Makes the sums of as many texts of the same kind.
    mutating func multiply(by count: Int) {
      texts *= count
      bytes *= count
      characters *= count
      for index in tokens.indices { tokens[index] *= count }
    }

    mutating func merge(_ other: Totals) {
      texts += other.texts
      bytes += other.bytes
      characters += other.characters
      for index in tokens.indices { tokens[index] += other.tokens[index] }
    }
  }

  /// The tokenizers' names.
  public let tokenizers: [String]
  /// The sums over all texts.
  public internal(set) var all: Totals
  /// The sums by the role of the message.
  public internal(set) var roles: [TextKey: Totals] = [:]
  /// The sums by the score of the conversation.
  public internal(set) var scores: [Score: Totals] = [:]
  /// The sums by the label of the conversation.
  public internal(set) var labels: [TextKey: Totals] = [:]
  /// The sums by what the text is written in; a token counts where it begins.
  public internal(set) var scripts: [TextScript: Totals] = [:]
  /// How often words came.
  public internal(set) var words = WordSample()
  /// Texts that a tokenizer has no tokens for, which are not compared.
  public internal(set) var failedTexts = 0
  /// Why one of them has none.
  public internal(set) var failure: String?
  /// For each tokenizer the conversations by score, each as long as its messages' contents are together.
  public internal(set) var conversations: [[Score: ScoreTally]]

  /// Makes an empty comparison of `tokenizers`, at least one.
  public init(tokenizers: [String]) {
    precondition(!tokenizers.isEmpty, "a comparison needs a tokenizer")
    self.tokenizers = tokenizers
    all = Totals(tokenizers: tokenizers.count)
    conversations = [[Score: ScoreTally]](repeating: [:], count: tokenizers.count)
  }

  /// Adds the texts of `other`, which must compare the same tokenizers.
  public mutating func merge(_ other: TokenizerComparison) {
    precondition(tokenizers == other.tokenizers, "comparisons of different tokenizers do not add up")
    all.merge(other.all)
    roles.merge(other.roles) { Self.sum($0, $1) }
    scores.merge(other.scores) { Self.sum($0, $1) }
    labels.merge(other.labels) { Self.sum($0, $1) }
    scripts.merge(other.scripts) { Self.sum($0, $1) }
    words.merge(other.words)
    failedTexts += other.failedTexts
    failure = failure ?? other.failure
    for (index, scores) in other.conversations.enumerated() {
      for (score, tally) in scores { conversations[index][score, default: ScoreTally()].merge(tally) }
    }
  }

  /// Adds the texts of `next`, which must compare the same tokenizers.
  public mutating func append(_ next: TokenizerComparison) { merge(next) }

  mutating func add(
    role: String, score: Score, label: String, bytes: Int, characters: Int, tokens: [Int]
  ) {
    let empty = Totals(tokenizers: tokenizers.count)
    all.add(bytes: bytes, characters: characters, tokens: tokens)
    roles[role, default: empty].add(bytes: bytes, characters: characters, tokens: tokens)
    scores[score, default: empty].add(bytes: bytes, characters: characters, tokens: tokens)
    labels[label, default: empty].add(bytes: bytes, characters: characters, tokens: tokens)
  }

  mutating func add(_ script: TextScript, _ size: ContentSize, tokens: [Int]) {
    scripts[script, default: Totals(tokenizers: tokenizers.count)]
      .add(bytes: size.bytes, characters: size.characters, tokens: tokens)
  }

  /// The same numbers without the words, which are needed for all texts together only.
  public func withoutWords() -> TokenizerComparison {
    var copy = self
    copy.words = WordSample()
    return copy
  }

  private static func sum(_ left: Totals, _ right: Totals) -> Totals {
    var sum = left
    sum.merge(right)
    return sum
  }
}
