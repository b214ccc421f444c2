import Histograms
import Support
import TestSupport
import TokenStatistics

/// The datasets whose plots are looked at and compared.
enum SamplePlots {
  static let datasets: [(name: String, profile: DatasetProfile)] = [
    ("role_four_scores", SyntheticProfiles.role("hacker")),
    ("role_all_null", SyntheticProfiles.role("0_default", model: "llama-3.3-70b", weights: [0, 0, 0, 0, 1], seed: 3)),
    ("trait", SyntheticProfiles.trait("sarcastic")),
    ("trait_many_null", SyntheticProfiles.trait("deontological", model: "gemma-2-27b", median: 500, unscored: 20.2)),
    ("trait_concise", SyntheticProfiles.trait("concise", model: "gemma-2-27b", median: 500, concise: true, seed: 9)),
    ("extreme", extreme),
    ("long_name", longName),
    ("foreign_name", foreignName),
    ("rows_0", SyntheticProfiles.profile("empty", lengths: [:])),
    ("rows_1", SyntheticProfiles.role("solo", rows: 1)),
    ("rows_12", SyntheticProfiles.role("hacker", rows: 12, seed: 5)),
    (
      "rows_24_same",
      SyntheticProfiles.profile(
        "same", lengths: [.value(3): Array(repeating: 500, count: 20), .none: [500, 500, 500, 500]])
    ),
    ("rows_60", SyntheticProfiles.role("hacker", rows: 60, seed: 6)),
    ("own_scale", SyntheticProfiles.role("novelist", median: 9_000, seed: 7)),
    ("wide", wide),
    ("cut", cut),
    ("strange_scores", strangeScores),
    ("outside_quarter", outsideQuarter),
    ("filtered", filtered),
    ("unscored_labels", unscored(labels: ["pos": 620, "neg": 410, "default": 30])),
    ("unscored_alone", unscored(labels: ["null": 900])), ("unscored_parts", answered(900)),
    ("unscored_few", answered(16)),
  ]

  /// What a filter by score leaves.
  static let filtered: DatasetProfile = {
    var profile = SyntheticProfiles.trait("analytical", suffix: "__min70__pos", rows: 1_200)
    profile.scores = profile.scores.filter { $0.key >= .value(70) && $0.key != .none }
    profile.filters = ScoreFilters(minimumScore: 70, label: "pos")
    return profile
  }()

  /// Conversations without scores, so many of each label.
  static func unscored(labels: [String: Int]) -> DatasetProfile {
    var profile = SyntheticProfiles.profile("chats", kind: .dataset, lengths: [:])
    var numbers = SplitMix(state: 21)
    var tallies: [TextKey: LabelTally] = [:]
    for (index, label) in labels.sorted(by: { $0.key < $1.key }).enumerated() {
      let lengths = (0..<label.value).map { _ in
        SyntheticProfiles.length(median: Double(420 + 160 * index), using: &numbers)
      }
      tallies[TextKey(label.key)] = LabelTally(lengths: LengthDistribution(lengths))
    }
    profile.scores = [.none: ScoreTally(labels: tallies)]
    let tokens = profile.lengths.total
    profile.roles.assistant = tokens * 7 / 10
    profile.roles.user = tokens * 2 / 10
    profile.roles.system = tokens * 9 / 100
    profile.roles.overhead = tokens - profile.roles.total
    return profile
  }

  /// Conversations without scores whose prompts and completions are known.
  static func answered(_ count: Int) -> DatasetProfile {
    var profile = unscored(labels: ["null": count])
    let lengths = profile.lengths.entries.flatMap { [Int](repeating: $0.length, count: $0.count) }
    let prompts = lengths.indices.map { 12 + $0 % 9 }
    let training = TrainingTally(
      prompts: LengthDistribution(prompts), completions: LengthDistribution(zip(lengths, prompts).map { $0 - $1 }))
    let tally = LabelTally(lengths: LengthDistribution(lengths), training: training)
    profile.scores = [.none: ScoreTally(labels: ["null": tally])]
    return profile
  }

  /// A few answers that never stop.
  static let extreme: DatasetProfile = {
    var profile = SyntheticProfiles.role("runaway", median: 515, weights: [16, 13.1, 15.2, 54.8, 0.1], seed: 8)
    let runaway = LengthDistribution((0..<30).map { 2_200 + $0 * $0 * 140 })
    profile.scores[.value(0)]?.add(LabelTally(lengths: runaway, assistantTokens: 0), label: "pos")
    profile.scores[.none, default: ScoreTally()]
      .add(LabelTally(lengths: LengthDistribution([21_821, 40_000, 90_000]), assistantTokens: 0), label: "pos")
    return profile
  }()

  static let longName = SyntheticProfiles.trait(
    "an_exceedingly_meticulous_and_somewhat_pedantic_nineteenth_century_naturalist_who_collects_beetles_and_keeps_a_diary_about_them_every_day_with_a_secret",
    model: "some-organisation-experimental-mixture-of-experts-235b-a22b-instruct-2507", suffix: "__min50__pos")

  static let foreignName = SyntheticProfiles.role(
    "数学家_čeština_Ελληνικά_Русский_עברית_😀_e\u{301}_\u{202E}abc\u{7}", model: "模型-7b")

  /// Lengths from 1 to 1,000,000.
  static let wide: DatasetProfile = {
    var numbers = SplitMix(state: 11)
    return SyntheticProfiles.profile(
      "wide",
      lengths: [
        .value(3): (0..<500).map { _ in Int((20 * numbers.unit()).rounded(.down)) }.map { 1 << $0 },
        .value(1): (0..<300).map { _ in 1 + Int(999_999 * numbers.unit() * numbers.unit() * numbers.unit()) },
      ])
  }()

  /// Bars that are higher than the shared scales.
  static let cut: DatasetProfile = {
    var profile = SyntheticProfiles.trait("monotone", rows: 1_200, median: 610, seed: 12)
    let same = LengthDistribution(
      Array(repeating: 600, count: 300) + Array(repeating: 700, count: 260) + Array(repeating: 2_100, count: 330))
    profile.scores[.value(90), default: ScoreTally()].add(LabelTally(lengths: same, assistantTokens: 0), label: "pos")
    return profile
  }()

  static let strangeScores = SyntheticProfiles.profile(
    "strange",
    lengths: [
      .value(-1): Array(repeating: 400, count: 40), .value(2): Array(500..<700), .value(7): Array(600..<900),
    ])

  static let outsideQuarter: DatasetProfile = {
    var profile = SyntheticProfiles.role("mostly_short", rows: 600, median: 500, seed: 13)
    profile.scores[.value(0), default: ScoreTally()]
      .add(LabelTally(lengths: LengthDistribution(Array(10..<170)), assistantTokens: 0), label: "pos")
    return profile
  }()

  static let comparisons: [(name: String, comparison: DatasetComparison)] = {
    let shown = ["mathematician", "sarcastic", "0_default"]
    let all = ModelComparison.all(of: SyntheticProfiles.corpus).filter { shown.contains($0.name) }
    return all.map { ($0.name, DatasetComparison($0)) }
      + [("seven", seven), ("same_text", sameText), ("own_scale", ownScale)] + densities
  }()

  /// More models than a page holds, one without conversations, one with a long name.
  static let seven: DatasetComparison = {
    let models = ["m-1", "m-2", "a-model-with-a-name-of-considerable-length-instruct-2507", "m-4", "m-5", "m-6", "m-7"]
    let profiles = models.enumerated().map { index, model in
      SyntheticProfiles.role(
        "mathematician", model: model, rows: index == 1 ? 0 : 200, median: Double(150 * (index + 1)),
        seed: UInt64(50 + index))
    }
    return DatasetComparison(kind: .role, name: "mathematician", profiles: profiles)
  }()

  /// Two models whose answers are longer than the shared scale.
  static let ownScale = DatasetComparison(
    kind: .role, name: "novelist",
    profiles: ["a", "b"].map { SyntheticProfiles.role("novelist", model: $0, rows: 300, median: 9_000) })

  /// Two models of which one gives answers four times as long.
  static let modelsFarApart = DatasetComparison(
    kind: .role, name: "hacker",
    profiles: [
      SyntheticProfiles.role("hacker", model: "short", rows: 400, median: 200, weights: [0, 0, 0, 1, 0]),
      SyntheticProfiles.role("hacker", model: "long", rows: 400, median: 800, weights: [0, 0, 0, 1, 0]),
    ])

  /// One text under two tokenizers.
  static let sameText = DatasetComparison(
    kind: .trait, name: "texts",
    profiles: [
      SyntheticProfiles.trait("texts", model: "gemma-2-27b", rows: 500, median: 500),
      SyntheticProfiles.trait("texts", model: "llama-3.3-70b", rows: 500, median: 530),
    ], basis: .identicalText)

  /// Seven tokenizers with names of all kinds on the same text, so two pages, in two to six parts.
  static let densities: [(name: String, comparison: DatasetComparison)] = (1...6).map { parts in
    var comparison = DatasetComparison(
      kind: .role, name: "mathematician",
      profiles: (0..<7).map {
        SyntheticProfiles.role("mathematician", rows: 300, median: Double(500 + 20 * $0), seed: 60)
      },
      rowNames: [
        "gemma-2-27b", "llama-3.3-70b", "qwen-3-32b", "模型-7b", "a-tokenizer-with-a-name-of-considerable-length-2507",
        "m-6", "m-7",
      ], basis: .identicalText)
    comparison.filePrefix = "tokenizers__"
    comparison.densities = (0..<parts).map { part in
      let name = ["all", "assistant", "user", "system", "a_role_of_considerable_length", "ρόλος_数学"][part]
      return DatasetComparison.Density(
        name: name, bytesPerToken: (0..<7).map { $0 == part ? nil : 4 + 0.3 * Double($0) - 0.2 * Double(part) })
    }
    return ("densities_\(parts)", comparison)
  }

  static let labelNames = [
    ("pos", "neg"), ("e\u{301}", "é"), (String(repeating: "long label ", count: 30), "数学数学数学数学数学数学数学数学"),
  ]

  /// Traits with conversations of two labels: the first one shorter, the same, longer, alone with one conversation.
  static func labeled(_ first: String, _ second: String) -> [DatasetProfile] {
    let names = ["concise", "calm", "verbose", "solo", "an_exceedingly_meticulous_and_pedantic_naturalist", "数学家"]
    return names.enumerated().map { index, name in
      let source = SyntheticProfiles.trait(name, rows: 400, median: 600, seed: UInt64(70 + index))
      var profile = source
      profile.scores = source.scores.mapValues { tally in
        let lengths = tally.lengths.entries.flatMap { Array(repeating: $0.length, count: $0.count) }
        let factor = [0.4, 1, 1.9, 1, 1, 1][index]
        return ScoreTally(labels: [
          TextKey(first): LabelTally(
            lengths: LengthDistribution(lengths.filter { $0 % 2 == 0 }.map { Int(Double($0) * factor) })),
          TextKey(second): LabelTally(lengths: LengthDistribution(lengths.filter { $0 % 2 == 1 })),
        ])
      }
      guard name == "solo" else { return profile }
      profile.scores = [
        .value(50): ScoreTally(labels: [
          TextKey(first): LabelTally(lengths: LengthDistribution([300])),
          TextKey(second): LabelTally(lengths: LengthDistribution([900])),
        ])
      ]
      return profile
    }
  }

  static let collections: [(name: String, profiles: [DatasetProfile])] = [
    ("medium", SyntheticProfiles.corpus),
    ("qwen_roles", SyntheticProfiles.corpus.filter { $0.model == "qwen-3-32b" && $0.kind == .role }),
    ("samples", datasets.map(\.profile)),
    (
      "large",
      (0..<130).map { index in
        SyntheticProfiles.role("role_\(index)", rows: 200, median: Double(200 + 7 * index), seed: UInt64(index))
      }
    ),
  ]
}
