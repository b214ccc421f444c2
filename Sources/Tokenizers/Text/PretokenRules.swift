import CTokenizerKernels

/// The ways of known patterns to cut text into pre-tokens of bytes.
///
/// The raw values are stored in compiled tables.
enum PretokenRules: UInt32, CaseIterable, Sendable {
  /// The pattern of `cl100k_base` with one character for a number, as Qwen 2 has it.
  case singleNumbers = 1
  /// The pattern of `cl100k_base`: Llama 3, GLM 4, OLMo 2.
  case threeNumbers = 3
  /// GPT-2's pattern: only a space joins what comes after it, and a newline is white space like another.
  case gpt2 = 4
  /// GPT-2's pattern after a cut around each digit: SmolLM, StarCoder.
  case gpt2Digits = 5
  /// The pattern of `o200k_base`, which cuts before capitals: GPT-4o, gpt-oss, Llama 4, MiniMax.
  case o200k = 6
  /// The same without contractions and with one character for a number: Mistral's tekken.
  case tekken = 7
  /// The pattern of `o200k_base` with runs of Han characters by themselves: Kimi K2.
  case kimi = 8
  /// Three cuts, at numbers, at Chinese and Japanese, and at the rest: DeepSeek V3.
  case deepSeek = 9

  /// The most characters of a number; nil where any number of them stays together.
  var longestNumber: Int? {
    switch self {
    case .singleNumbers, .gpt2Digits, .tekken: 1
    case .threeNumbers, .o200k, .kimi, .deepSeek: 3
    case .gpt2: nil
    }
  }

  /// Whether the rules are those of `cl100k_base`, but for numbers.
  @inline(__always)
  var isPlain: Bool { rawValue <= Self.threeNumbers.rawValue }

  /// Whether capitals begin pre-tokens behind small letters.
  var isCased: Bool { self == .o200k || self == .tekken || self == .kimi }

  /// How the kernels find pre-tokens by these rules, flags of `bk_pretoken_options`.
  var kernelOptions: UInt32 {
    let flags: [bk_pretoken_options]
    switch self {
    case .singleNumbers: flags = [BK_PRETOKENS_SINGLE_NUMBERS]
    case .threeNumbers: flags = []
    case .gpt2: flags = [BK_PRETOKENS_SPACES_JOIN, BK_PRETOKENS_PROBE_NUMBERS]
    case .gpt2Digits:
      flags = [BK_PRETOKENS_SPACES_JOIN, BK_PRETOKENS_NUMBERS_APART, BK_PRETOKENS_SINGLE_NUMBERS]
    case .o200k: flags = [BK_PRETOKENS_CASED, BK_PRETOKENS_SLASHES]
    case .tekken: flags = [BK_PRETOKENS_CASED, BK_PRETOKENS_SLASHES, BK_PRETOKENS_SINGLE_NUMBERS]
    case .kimi: flags = [BK_PRETOKENS_CASED]
    case .deepSeek: flags = [BK_PRETOKENS_ASCII_JOINS, BK_PRETOKENS_NUMBERS_APART]
    }
    return flags.reduce(0) { $0 | $1.rawValue }
  }

  // MARK: Recognizing

  /// Recognizes the steps that cut text before bytes are written in the byte-level alphabet; nil for others.
  init?(_ steps: some Collection<PreTokenizerDefinition>) {
    var read: [PreTokenizerDefinition] = []
    var keepsRest = true
    for step in steps {
      switch step {
      case .split(.regex(let pattern), .isolated, invert: false): read.append(Self.split(Self.spelled(pattern)))
      case .split(.regex(let pattern), .removed, invert: true):
        read.append(Self.split(Self.spelled(pattern)))
        keepsRest = false
      default: read.append(step)
      }
    }
    guard let rules = Self.allCases.first(where: { $0.steps == read }), keepsRest || rules.matchesAll else {
      return nil
    }
    self = rules
  }

  /// Whether patterns match every character, so that cutting at matches yields the matches themselves.
  private var matchesAll: Bool { self != .deepSeek }

  /// A pattern with newlines written as escapes, and without alternatives that cannot matter.
  private static func spelled(_ pattern: [UInt8]) -> String {
    let bytes = pattern.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x0A: Array(#"\n"#.utf8)
      case 0x0D: Array(#"\r"#.utf8)
      default: [byte]
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let tiktoken = #"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++\z|\s+(?!\S)|\s"#
    return text == tiktoken ? ReferencePreTokenizer.byteLevelPattern : text
  }

  private static func split(_ pattern: String) -> PreTokenizerDefinition {
    .split(.regex(Array(pattern.utf8)), behavior: .isolated, invert: false)
  }

  /// The steps of a pre-tokenizer that cut by these rules.
  var steps: [PreTokenizerDefinition] {
    switch self {
    case .singleNumbers: [Self.split(Self.plainPattern(numbers: ""))]
    case .threeNumbers: [Self.split(Self.plainPattern(numbers: "{1,3}"))]
    case .gpt2: [Self.split(ReferencePreTokenizer.byteLevelPattern)]
    case .gpt2Digits: [.digits(individual: true), Self.split(ReferencePreTokenizer.byteLevelPattern)]
    case .o200k: [Self.split(Self.o200kPattern)]
    case .tekken: [Self.split(Self.tekkenPattern)]
    case .kimi: [Self.split(Self.kimiPattern)]
    case .deepSeek: Self.deepSeekPatterns.map(Self.split)
    }
  }

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let white = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static func plainPattern(numbers: String) -> String {
    contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"# + numbers + #"| ?[^\s\p{L}\p{N}]+[\r\n]*"# + white
  }

  private static func casedPattern(
    _ contractions: String, numbers: String, newlines: String, han: String = "", without: String = ""
  ) -> String {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"# + without + "]"
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}"# + without + "]"
    let start = #"[^\r\n\p{L}\p{N}]?"#
    return han + start + upper + "*" + lower + "+" + contractions + "|" + start + upper + "+" + lower + "*"
      + contractions + #"|\p{N}"# + numbers + #"| ?[^\s\p{L}\p{N}]+"# + newlines + white
  }

  static let o200kPattern = casedPattern(contractions + "?", numbers: "{1,3}", newlines: #"[\r\n/]*"#)

  static let tekkenPattern = casedPattern("", numbers: "", newlines: #"[\r\n/]*"#)

  static let kimiPattern = casedPattern(
    contractions + "?", numbers: "{1,3}", newlines: #"[\r\n]*"#, han: #"[\p{Han}]+|"#, without: #"&&[^\p{Han}]"#)

  /// The patterns of DeepSeek V3, one after the other.
  private static let deepSeekPatterns = [
    #"\p{N}{1,3}"#, "[一-龥぀-ゟ゠-ヿ]+",
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
      + #"| ?[\p{P}\p{S}]+[\r\n]*"# + white,
  ]
}
