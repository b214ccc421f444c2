import Analysis
import ArgumentParser
import Datasets
import TokenStatistics

/// What goes into the parts of a split.
struct SplitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Tokens of the part train, such as 100k, 1.5M or 0 for none.", valueName: "tokens"))
  var train = TokenAmount(tokens: 100_000)

  @Option(help: ArgumentHelp("Tokens of the part validation.", valueName: "tokens"))
  var validation = TokenAmount(tokens: 10_000)

  @Option(help: ArgumentHelp("Tokens of the part test.", valueName: "tokens"))
  var test = TokenAmount(tokens: 10_000)

  @Option(
    help: ArgumentHelp("Longer conversations are left out; none is ever cut.", valueName: "tokens"))
  var maxLength = TokenLength(4_096)

  @Option(help: ArgumentHelp("Seed of the random choice.", valueName: "n"))
  var seed = 17

  @Option(
    help: ArgumentHelp(
      "Rows of roles with at least this score; none for all, those without a score too.", valueName: "score"))
  var minRoleScore = ScoreThreshold(3)

  @Option(help: ArgumentHelp("Rows of traits with at least this score; none for all.", valueName: "score"))
  var minTraitScore = ScoreThreshold(75)

  @Option(
    help: ArgumentHelp(
      "Rows of other data with at least this score; default: none for all.", valueName: "score"))
  var minScore: ScoreThreshold?

  @Option(
    help: ArgumentHelp(
      "Rows with this label, or any; default: pos for roles and traits, any for other data.", valueName: "label"))
  var label: LabelChoice?

  @Flag(
    help: """
      Keep the system messages of roles and traits; they are dropped by default, and counts are without them. Those of \
      other data are always kept.
      """)
  var keepSystem = false

  @Option(
    help: ArgumentHelp(
      "Give every part the same shares as there are to choose from: of personas, of scores, or of a column's values.",
      valueName: "persona|score|column"))
  var stratify: SplitSettings.Stratum?

  @Option(
    help: """
      Conversations that are never in different parts: several models' answers to the same prompt and question, all \
      answers to a question, or none but equal ones. Default: prompt for roles and traits, none for other data.
      """)
  var keepTogether: SplitSettings.Group?

  @Option(
    help: ArgumentHelp(
      """
      label: every label has as many conversations of each length in every part, so that length tells nothing about \
      the label. Rows of all labels are taken.
      """, valueName: "what"))
  var matchLength: Matched?

  /// What has equal lengths.
  enum Matched: String, ExpressibleByArgument, CaseIterable {
    /// The conversations of the labels.
    case label
  }

  @Flag(help: "Write parts that stay short of their budget.")
  var allowShort = false

  func validate() throws {
    if matchLength != nil, label?.label != nil {
      throw ValidationError("--match-length label matches the conversations of several labels: leave --label out.")
    }
    if seed < 0 { throw ValidationError("--seed must be 0 or more, not \(seed).") }
    if train.tokens + validation.tokens + test.tokens == 0 { throw ValidationError("All parts have a budget of 0.") }
    for (option, threshold, scale, kind) in [
      ("--min-role-score", minRoleScore, ScoreScale.role, "roles"),
      ("--min-trait-score", minTraitScore, .trait, "traits"),
    ] {
      let (lowest, highest) = (scale.range.lowerBound, scale.range.upperBound)
      guard let score = threshold.score, score < Double(lowest) || score > Double(highest) else { continue }
      throw ValidationError("\(option) \(Score.text(score)): scores of \(kind) go from \(lowest) to \(highest).")
    }
  }

  /// How conversations are chosen.
  var settings: SplitSettings {
    var settings = SplitSettings(budgets: [
      .init(name: "train", tokens: train.tokens), .init(name: "validation", tokens: validation.tokens),
      .init(name: "test", tokens: test.tokens),
    ])
    settings.seed = UInt64(seed)
    settings.maximumLength = maxLength.tokens
    settings.stratum = stratify
    settings.group = keepTogether
    settings.allowsShort = allowShort
    settings.matchesLength = matchLength != nil
    return settings
  }

  /// The rows that are taken of the datasets of a kind.
  var usualFilters: [DatasetKind: ScoreFilters] {
    // Lengths are matched between labels, so that all are taken then.
    let own = matchLength == nil ? (label ?? LabelChoice("pos")).label : nil
    var filters: [DatasetKind: ScoreFilters] = [
      .role: ScoreFilters(minimumScore: minRoleScore.score, label: own),
      .trait: ScoreFilters(minimumScore: minTraitScore.score, label: own),
    ]
    let others = ScoreFilters(minimumScore: minScore?.score, label: label?.label)
    if !others.isEmpty { filters[.dataset] = others }
    return filters
  }
}
