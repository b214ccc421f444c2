import Foundation
import Support
import TestSupport
import TokenStatistics

/// Datasets made up from a seed, with lengths and scores like those of real ones.
enum SyntheticProfiles {
  static let limits = [2_048, 4_096, 8_192]

  static func provenance(_ model: String = "qwen-3-32b") -> Provenance {
    let hubs = [
      "gemma-2-27b": "google/gemma-2-27b-it", "llama-3.3-70b": "meta-llama/Llama-3.3-70B-Instruct",
      "qwen-3-32b": "Qwen/Qwen3-32B",
    ]
    return Provenance(
      tokenizer: hubs[model] ?? "organisation/\(model)", revision: "9216db5781bf21249d130ec9da846c4624c16137",
      templateHash: "5f1c0e2a4a7c1d3b", countMode: .template, dataHash: "8c1f77d0a4e2b7c3d1", toolVersion: "1.0.0")
  }

  static func profile(
    _ subject: String, kind: DatasetKind = .role, model: String = "qwen-3-32b", suffix: String = "",
    lengths: [Score: [Int]]
  ) -> DatasetProfile {
    DatasetProfile(
      dataset: "\(model)__\(kind.rawValue)__\(subject)\(suffix)", model: model, kind: kind, subject: subject,
      scores: lengths.mapValues { lengths in
        ScoreTally(labels: ["pos": LabelTally(lengths: LengthDistribution(lengths), assistantTokens: 0)])
      }, provenance: provenance(model), limits: limits)
  }

  /// A length around `median`; capped as answers are, with a few short ones.
  static func length(median: Double, using numbers: inout SplitMix) -> Int {
    let octaves = 0.62 * numbers.normal()
    let cap = median * 1.85
    let drawn = median * exp2(octaves)
    let capped = drawn < cap ? drawn : cap * (0.86 + 0.2 * numbers.unit())
    if numbers.unit() < 0.004 { return Int(capped / 6) + 20 }
    return max(1, Int(capped))
  }

  /// A role of 1,200 rows; `weights` are those of the scores 0 to 3 and of no score.
  static func role(
    _ subject: String, model: String = "qwen-3-32b", rows: Int = 1_200, median: Double = 630,
    weights: [Double] = [4.4, 16.8, 8.2, 70.4, 0.1], seed: UInt64 = 1
  ) -> DatasetProfile {
    var numbers = SplitMix(state: seed)
    var lengths: [Score: [Int]] = [:]
    for _ in 0..<rows {
      let score = pick(weights, using: &numbers)
      let factor = score == 0 ? 0.34 : 1
      lengths[score < 4 ? .value(score) : .none, default: []]
        .append(length(median: median * factor, using: &numbers))
    }
    return profile(subject, model: model, lengths: lengths)
  }

  /// A trait of 2,400 rows with up to 101 scores, mostly multiples of five.
  static func trait(
    _ subject: String, model: String = "qwen-3-32b", suffix: String = "", rows: Int = 2_400, median: Double = 660,
    unscored: Double = 0.2, concise: Bool = false, seed: UInt64 = 2
  ) -> DatasetProfile {
    var numbers = SplitMix(state: seed)
    let weights: [Double] = [15, 6.8, 8.8, 2.9, 6.8, 2.6, 3, 0.6, 1.8, 0, 1.8, 0.3, 2, 1.1, 4.2, 5.1, 4.8, 12, 9.4, 10]
    var lengths: [Score: [Int]] = [:]
    for _ in 0..<rows {
      let isUnscored = numbers.unit() * 100 < unscored
      let bar = pick(weights, using: &numbers)
      let value = 5 * bar + (numbers.unit() < 0.75 ? 0 : Int(numbers.unit() * (bar == 19 ? 6 : 5)))
      let factor = concise ? exp2(-1.6 * Double(value) / 100) : 1
      lengths[isUnscored ? .none : .value(value), default: []]
        .append(length(median: median * factor, using: &numbers))
    }
    return profile(subject, kind: .trait, model: model, suffix: suffix, lengths: lengths)
  }

  /// The index of one of `weights`, drawn in proportion.
  private static func pick(_ weights: [Double], using numbers: inout SplitMix) -> Int {
    var left = numbers.unit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return index }
    }
    return weights.count - 1
  }

  /// Two models of which one gives answers four times as long.
  static let modelsFarApart = DatasetComparison(
    kind: .role, name: "hacker",
    profiles: [
      role("hacker", model: "short", rows: 400, median: 200, weights: [0, 0, 0, 1, 0]),
      role("hacker", model: "long", rows: 400, median: 800, weights: [0, 0, 0, 1, 0]),
    ])

  /// Sixty-six datasets of three models.
  static let corpus: [DatasetProfile] = {
    let roles = [
      "0_default", "auditor", "counselor", "engineer", "hacker", "mathematician", "parasite", "prophet", "shapeshifter",
      "trainer",
    ]
    let traits = [
      "absolutist", "big_picture", "concise", "deontological", "eloquent", "forgiving", "impulsive", "meditative",
      "open_ended", "proactive", "sarcastic", "sycophantic",
    ]
    let llama =
      roles + [
        "amateur", "assistant", "caveman", "consultant", "daredevil", "economist", "exile", "geographer", "hermit",
        "interpreter", "naturalist", "void",
      ]
    var seed: UInt64 = 100
    var profiles: [DatasetProfile] = []
    for (model, median, names) in [
      ("gemma-2-27b", 485.0, roles), ("llama-3.3-70b", 585, llama), ("qwen-3-32b", 645, roles),
    ] {
      for name in names {
        seed += 1
        let share = Double(seed * 37 % 60)
        let weights = name == "0_default" ? [0, 0, 0, 0, 1] : [2, share / 3, share / 2, 96 - share, 0.3]
        let own = name == "caveman" ? 350 : name == "void" ? 445 : median + Double(seed * 13 % 30) - 15
        profiles.append(role(name, model: model, median: own, weights: weights, seed: seed))
      }
    }
    for (model, median) in [("gemma-2-27b", 497.0), ("qwen-3-32b", 668)] {
      for name in traits {
        seed += 1
        profiles.append(
          trait(
            name, model: model, median: median + Double(seed * 13 % 30) - 15,
            unscored: name == "deontological" ? 20.2 : 0.2, concise: name == "concise", seed: seed))
      }
    }
    return profiles
  }()
}
