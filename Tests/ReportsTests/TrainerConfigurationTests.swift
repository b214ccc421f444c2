import Testing
import TokenStatistics

@testable import Reports

@Suite("The lines of trainers' configurations")
struct TrainerConfigurationTests {
  /// Conversations of 40, 60 and 300 tokens, the last of which has its first trained token behind the limit.
  private static let numbers = TrainingNumbers(
    lengths: LengthDistribution([40, 60, 300]),
    training: TrainingTally(
      prompts: LengthDistribution([20, 20, 280]), completions: LengthDistribution([20, 40, 20]),
      firstTargets: LengthDistribution([20, 20, 280])),
    assistantMaskTokens: nil)

  private static func lines(_ trainer: Trainer, _ policy: TrainPolicy?) -> [String] {
    TrainerConfiguration(trainer, numbers, limit: 100, policy: policy).lines
  }

  /// The options of each rule by trainer; nil where it has none.
  private static let options: [(trainer: Trainer, rule: TrainPolicy.Rule, lines: [String]?)] = [
    (.trl, .assistant, ["assistant_only_loss: true"]), (.trl, .template, ["assistant_only_loss: true"]),
    (.trl, .last, ["assistant_only_loss: false", "completion_only_loss: true"]),
    (.trl, .all, ["assistant_only_loss: false", "completion_only_loss: false"]), (.trl, .field("train"), nil),
    (.axolotl, .assistant, ["    roles_to_train: [assistant]", "    train_on_eos: turn"]),
    (.axolotl, .last, ["    roles_to_train:", "    train_on_eos:"]),
    (.axolotl, .all, ["train_on_inputs: true", "    train_on_eos: turn"]),
    (.axolotl, .field("train"), ["    roles_to_train: [assistant]", "    message_field_training: \"train\""]),
    (.axolotl, .template, nil), (.llamafactory, .assistant, ["train_on_prompt: false", "mask_history: false"]),
    (.llamafactory, .last, ["train_on_prompt: false", "mask_history: true"]),
    (.llamafactory, .all, ["train_on_prompt: true", "mask_history: false"]), (.llamafactory, .field("train"), nil),
    (.llamafactory, .template, nil), (.swift, .assistant, ["loss_scale: default"]),
    (.swift, .last, ["loss_scale: last_round"]), (.swift, .all, ["loss_scale: all"]),
    (.swift, .field("loss"), ["loss_scale: default  # goes by the member loss of messages"]),
    (.swift, .field("train"), nil), (.swift, .template, nil), (.verl, .assistant, []), (.verl, .last, []),
    (.verl, .all, nil), (.verl, .template, nil), (.verl, .field("train"), nil),
  ]

  @Test("each trainer's own options say what is trained, and a comment where it has none")
  func rules() {
    for (trainer, rule, options) in Self.options {
      let policy = TrainPolicy(rule)
      let lines = Self.lines(trainer, policy)
      #expect(lines.contains("# trained: \(policy)"))
      for option in options ?? [] { #expect(lines.contains { $0.hasPrefix(option) }, "\(option) in \(lines)") }
      let lacks = lines.contains { $0.hasPrefix("# \(trainer.name) has no option for --train \(policy.name)") }
      #expect(lacks == (options == nil), "\(trainer), \(policy.name): \(lines)")
    }
    // Without a policy the options are those of what is counted then.
    for trainer in Trainer.allCases {
      let assistant = Self.lines(trainer, TrainPolicy(.assistant)).filter { !$0.hasPrefix("# trained: ") }
      #expect(Self.lines(trainer, nil) == assistant)
    }
  }

  @Test("ends of turns are axolotl's option, and a comment elsewhere where they make a difference")
  func turnEnds() {
    for ends in TrainPolicy.TurnEnds.allCases {
      #expect(
        Self.lines(.axolotl, TrainPolicy(.assistant, turnEnds: ends)).contains("    train_on_eos: \(ends.rawValue)"))
      for trainer in [Trainer.trl, .llamafactory, .swift] {
        let comment = "# \(trainer.name) has no option for --train-eos \(ends.rawValue); the nearest is"
        let lines = Self.lines(trainer, TrainPolicy(.assistant, turnEnds: ends))
        #expect(lines.contains(comment) == (ends != .turn))
        let all = Self.lines(trainer, TrainPolicy(.all, turnEnds: ends))
        #expect(all.contains(comment) == (ends == .none))
      }
    }
    var expanded = TrainPolicy(.last)
    expanded.expandsTurns = true
    #expect(Self.lines(.swift, expanded).contains { $0.hasPrefix("# ms-swift has no option for --expand turns") })
  }

  /// Two texts, of 40 and 130 tokens.
  private static let texts = TrainingNumbers(
    lengths: LengthDistribution([40, 130]),
    training: TrainingTally(
      firstTargets: LengthDistribution([0, 0]),
      trained: PositionCounts(starts: LengthDistribution([0, 0]), ends: LengthDistribution([40, 130]))),
    assistantMaskTokens: nil, areTexts: true)

  @Test("rows that are texts are trained whole whatever the policy is, and the options are those for texts")
  func textRows() {
    let options: [(trainer: Trainer, lines: [String])] = [
      (.trl, ["assistant_only_loss: false", "completion_only_loss: false", "# cutting them loses 30 tokens"]),
      // 40, 100 and 30 tokens.
      (
        .axolotl,
        ["  - type: completion", "# texts are cut into pieces", "sample_packing: true  # 2 sequences, 85.0 % full"]
      ),
      (.llamafactory, ["stage: pt", "packing: true  # 2 sequences, 85.0 % full"]),
      (.swift, ["use_chat_template: false", "loss_scale: all", "# leaving them out loses 130 tokens"]),
      (.verl, ["# verl trains on answers to prompts"]),
    ]
    for (trainer, expected) in options {
      for policy in [nil, TrainPolicy(.assistant), TrainPolicy(.all)] {
        let lines = TrainerConfiguration(trainer, Self.texts, limit: 100, policy: policy).lines
        for line in expected { #expect(lines.contains { $0.hasPrefix(line) }, "\(line) in \(lines)") }
        #expect(!lines.contains { $0.hasPrefix("  - type: chat_template") || $0.hasPrefix("neat_packing") })
      }
    }
  }

  @Test("pairs are trained on by preference, and nobody packs them")
  func pairs() {
    let options: [(trainer: Trainer, lines: [String])] = [
      (.trl, ["# TRL DPOConfig at 100 tokens: 1 of 3 sides of pairs", "max_length: 100"]),
      (.axolotl, ["rl: dpo", "sequence_len: 100", "  - type: chat_template.default", "# a pair is left out whole"]),
      (.llamafactory, ["stage: dpo", "cutoff_len: 100"]), (.swift, ["rlhf_type: dpo", "max_length: 100"]),
      (.verl, ["# verl trains on prompts", "  max_prompt_length: "]),
    ]
    for (trainer, expected) in options {
      var configuration = TrainerConfiguration(trainer, Self.numbers, limit: 100, policy: nil)
      configuration.arePairs = true
      let lines = configuration.lines
      for line in expected { #expect(lines.contains { $0.hasPrefix(line) }, "\(line) in \(lines)") }
      #expect(!lines.contains { $0.hasPrefix("packing") || $0.hasPrefix("sample_packing") || $0.hasPrefix("neat") })
    }
  }

  @Test("axolotl packs no conversation without a trained token, and says so where it is not known which these are")
  func untrained() {
    func lines(_ training: TrainingTally?) -> [String] {
      TrainerConfiguration(
        .axolotl,
        TrainingNumbers(lengths: LengthDistribution([50, 60, 70]), training: training, assistantMaskTokens: nil),
        limit: 100, policy: nil
      ).lines
    }
    let known = lines(
      TrainingTally(firstTargets: LengthDistribution([10, 10]), untrained: LengthDistribution([60])))
    #expect(known.contains { $0.hasPrefix("sample_packing: true  # 2 sequences, 60.0 % full") }, "\(known)")
    #expect(known.contains("# 1 conversation has no trained token within the limit and is left out"))
    let unknown = lines(nil)
    #expect(unknown.contains { $0.hasPrefix("sample_packing: true  # 3 sequences, 60.0 % full") }, "\(unknown)")
    #expect(unknown.contains { $0.hasPrefix("# conversations without a trained token, which axolotl leaves out") })
  }

  @Test("windows, steps and the price are comments where they are known")
  func run() {
    var configuration = TrainerConfiguration(.trl, Self.numbers, limit: 100, policy: nil)
    let plain = configuration.lines
    #expect(!plain.contains { $0.hasPrefix("# in the order") || $0.contains("an epoch") || $0.hasPrefix("# price") })
    configuration.rows = [40, 60, 300].map { PackingRow(length: $0) }
    configuration.batch = 2
    configuration.price = { "\($0) coins" }
    #expect(
      configuration.lines == plain + [
        "# in the order of the rows, 1,000 at a time: 2 sequences, 100.0 % full", "# 1 step an epoch, of 2 sequences",
        "# price: 200 coins",
      ])
    var verl = TrainerConfiguration(.verl, Self.numbers, limit: 100, policy: nil)
    verl.batch = 1
    #expect(verl.lines.contains { $0.hasPrefix("  train_batch_size: 1  # ") })
    let many = TrainingNumbers(
      lengths: LengthDistribution([Int](repeating: 50, count: 1_001)), training: nil, assistantMaskTokens: nil)
    for (trainer, isTold) in [(Trainer.trl, true), (.axolotl, false), (.llamafactory, false)] {
      let lines = TrainerConfiguration(trainer, many, limit: 100, policy: nil).lines
      #expect(lines.contains { $0.hasPrefix("# packed are 1,000 rows at a time") } == isTold, "\(trainer)")
    }
  }
}
