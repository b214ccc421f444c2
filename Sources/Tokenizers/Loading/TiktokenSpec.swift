import Support

/// What a tiktoken file does not hold: the pattern that cuts text, and the special tokens.
public struct TiktokenSpec: Hashable, Sendable {
  /// The pattern in the syntax of Rust's `regex` and `fancy-regex`, UTF-8.
  public var pattern: [UInt8]
  /// The special tokens: text, UTF-8, and number, or nil for the next number after the ranks and the tokens before.
  public var specialTokens: [SpecialToken]

  /// A special token.
  public struct SpecialToken: Hashable, Sendable {
    /// The text, UTF-8.
    public var content: [UInt8]
    /// The number; nil for the next one after the ranks and the tokens before.
    public var id: TokenID?

    /// Makes a token.
    public init(_ content: String, id: TokenID? = nil) {
      self.content = Array(content.utf8)
      self.id = id
    }
  }

  /// Makes a specification.
  public init(pattern: String, specialTokens: [SpecialToken]) {
    self.pattern = Array(pattern.utf8)
    self.specialTokens = specialTokens
  }

  /// The names that `named(_:)` knows.
  public static let names = ["r50k_base", "p50k_base", "cl100k_base", "o200k_base", "qwen", "llama3", "llama4", "kimi"]

  /// The specification of a vocabulary that was published under a name; nil for a name that is not known.
  ///
  /// The sources: tiktoken's `openai_public.py`, Qwen's `tokenization_qwen.py`, llama-models' `tokenizer.py` of Llama 3 and
  /// Llama 4, Kimi K2's `tokenization_kimi.py` with its `tokenizer_config.json`.
  public static func named(_ name: String) -> TiktokenSpec? {
    switch name {
    case "r50k_base", "p50k_base":
      TiktokenSpec(
        pattern: ReferencePreTokenizer.byteLevelPattern, specialTokens: [SpecialToken("<|endoftext|>", id: 50256)])
    case "cl100k_base":
      TiktokenSpec(
        pattern: cl100kPattern(digits: "{1,3}"),
        specialTokens: [
          SpecialToken("<|endoftext|>", id: 100_257), SpecialToken("<|fim_prefix|>", id: 100_258),
          SpecialToken("<|fim_middle|>", id: 100_259), SpecialToken("<|fim_suffix|>", id: 100_260),
          SpecialToken("<|endofprompt|>", id: 100_276),
        ])
    case "o200k_base":
      TiktokenSpec(
        pattern: o200kPattern,
        specialTokens: [SpecialToken("<|endoftext|>", id: 199_999), SpecialToken("<|endofprompt|>", id: 200_018)])
    case "qwen":
      TiktokenSpec(
        pattern: cl100kPattern(digits: ""),
        specialTokens: (["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" })
          .map { SpecialToken($0) })
    case "llama3":
      TiktokenSpec(pattern: cl100kPattern(digits: "{1,3}"), specialTokens: llama3Tokens.map { SpecialToken($0) })
    case "llama4": TiktokenSpec(pattern: o200kPattern, specialTokens: llama4Tokens.map { SpecialToken($0) })
    case "kimi": TiktokenSpec(pattern: kimiPattern, specialTokens: kimiTokens)
    default: nil
    }
  }

  /// The name of the vocabulary in a file with a digest; nil where it is not known.
  static func name(of digest: SHA256Digest) -> String? {
    switch digest.description {
    case "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930": "r50k_base"
    case "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069": "p50k_base"
    case "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7": "cl100k_base"
    case "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": "o200k_base"
    case "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186": "qwen"
    case "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55": "llama3"
    case "b6c497a7469b33ced9c38afb1ad6e47f03f5e5dc05f15930799210ec050c5103": "kimi"
    default: nil
    }
  }

  // MARK: Patterns

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"

  private static func cl100kPattern(digits: String) -> String {
    contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  private static let o200kPattern =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"# + contractions
    + #"?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"# + contractions
    + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let kimiPattern: String = {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
    let start = #"[^\r\n\p{L}\p{N}]?"#
    return #"[\p{Han}]+|"# + start + upper + "*" + lower + "+" + contractions + "?|" + start + upper + "+" + lower + "*"
      + contractions + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }()

  // MARK: Special tokens

  private static func reserved(_ prefix: String, _ numbers: Range<Int>) -> [String] {
    numbers.map { "<|\(prefix)reserved_special_token_\($0)|>" }
  }

  private static let llama3Tokens =
    ["<|begin_of_text|>", "<|end_of_text|>"] + reserved("", 0..<2)
    + [
      "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>",
      "<|eot_id|>", "<|python_tag|>",
    ] + reserved("", 2..<247)

  private static let llama4Tokens: [String] = {
    var tokens = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
      "<|header_start|>", "<|header_end|>", "<|eom|>", "<|eot|>", "<|step|>",
    ]
    tokens += reserved("text_post_train_", 0..<6)
    tokens += ["<|python_start|>", "<|python_end|>", "<|finetune_right_pad|>"]
    tokens += reserved("text_post_train_", 8..<69)
    tokens += ["<|image_start|>", "<|image_end|>"] + reserved("vision_", 0..<2)
    tokens += ["<|tile_x_separator|>", "<|tile_y_separator|>"] + reserved("vision_", 2..<6)
    tokens += ["<|image|>"] + reserved("vision_", 6..<7) + ["<|patch|>"] + reserved("vision_", 7..<1048)
    tokens += reserved("reasoning_", 0..<8) + ["<|reasoning_thinking_start|>", "<|reasoning_thinking_end|>"]
    return tokens + reserved("", 0..<2048 - tokens.count)
  }()

  private static let kimiTokens: [SpecialToken] = {
    let named: [TokenID: String] = [
      163_584: "[BOS]", 163_585: "[EOS]", 163_586: "<|im_end|>", 163_587: "<|im_user|>", 163_588: "<|im_assistant|>",
      163_590: "<|start_header_id|>", 163_591: "<|end_header_id|>", 163_593: "[EOT]", 163_594: "<|im_system|>",
      163_595: "<|tool_calls_section_begin|>", 163_596: "<|tool_calls_section_end|>", 163_597: "<|tool_call_begin|>",
      163_598: "<|tool_call_argument_begin|>", 163_599: "<|tool_call_end|>", 163_601: "<|im_middle|>",
      163_838: "[UNK]", 163_839: "[PAD]",
    ]
    return (163_584..<163_840).map { SpecialToken(named[$0] ?? "<|reserved_token_\($0)|>", id: $0) }
  }()
}
