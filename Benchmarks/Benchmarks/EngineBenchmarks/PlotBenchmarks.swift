import Benchmark
import Histograms
import Support
import TokenStatistics

/// Drawing a plot and encoding it.
enum PlotBenchmarks {
  static func register() {
    for kind in [DatasetKind.role, .trait] {
      Benchmark("plot: one \(kind.rawValue) as PNG") { benchmark in
        var renderer = try PlotRenderer()
        let profile = profile(kind)
        let scales = PlotScales(profiles: [profile])
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try renderer.render(profile, scales: scales).count) }
        benchmark.stopMeasurement()
      }
    }
  }

  /// A role of 1,200 conversations with four scores, or a trait of 2,400 with up to 101.
  private static func profile(_ kind: DatasetKind) -> DatasetProfile {
    var numbers = SampleTexts(seed: 7)
    var lengths: [Score: [Int]] = [:]
    for _ in 0..<(kind == .role ? 1_200 : 2_400) {
      let score = kind == .role ? numbers.below(4) : 5 * numbers.below(20) + numbers.below(5)
      let length = 40 + numbers.below(400) + numbers.below(400) + numbers.below(400)
      lengths[.value(score), default: []].append(length)
    }
    let scores = lengths.mapValues { lengths in
      ScoreTally(labels: ["pos": LabelTally(lengths: LengthDistribution(lengths), assistantTokens: 0)])
    }
    let provenance = Provenance(
      tokenizer: "Qwen/Qwen3-32B", revision: "main", templateHash: "5f1c0e2a", countMode: .template,
      dataHash: "8c1f77d0", toolVersion: "1.0.0")
    return DatasetProfile(
      dataset: "qwen-3-32b__\(kind.rawValue)__sample", model: "qwen-3-32b", kind: kind, subject: "sample",
      scores: scores, provenance: provenance, limits: [2_048, 4_096])
  }
}
