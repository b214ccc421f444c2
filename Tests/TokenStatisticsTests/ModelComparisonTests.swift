import Testing
import TokenStatistics

@Suite("Comparisons of personas")
struct ModelComparisonTests {
  private static let profiles = Result { try Fixtures.rows().map { Fixtures.checkpoint($0).profile } }

  @Test("Each persona is compared over the models that have it")
  func models() throws {
    let comparisons = ModelComparison.all(of: try Self.profiles.get())
    #expect(
      comparisons.map(\.key) == [
        "role__0_default", "role__accountant", "role__pirate", "trait__analytical", "trait__concise",
      ])
    #expect(comparisons.map(\.profiles.count) == [3, 3, 3, 2, 2])
    for comparison in comparisons {
      #expect(comparison.profiles.map(\.model) == comparison.profiles.map(\.model).sorted())
      #expect(comparison.contrasts[0].medianRatio == 1 && comparison.contrasts[0].meanDifference == 0)
      #expect(comparison.contrasts[1].meanDifference != 0)
    }
    #expect(ModelComparison.all(of: try Self.profiles.get(), subject: "pirate").map(\.name) == ["pirate"])
    #expect(ModelComparison.all(of: try Self.profiles.get(), subject: "nobody").isEmpty)
  }

  @Test("Filters keep comparisons apart, and a single model is none")
  func filters() throws {
    var profiles = try Self.profiles.get().filter { $0.subject == "pirate" }
    profiles[0].dataset += "__min3"
    #expect(ModelComparison.all(of: profiles).map(\.profiles.count) == [2])
    profiles[1].dataset += "__min3"
    #expect(ModelComparison.all(of: profiles, subject: "pirate").map(\.name) == ["pirate__min3"])
    #expect(ModelComparison.all(of: profiles, subject: "pirate__min3").map(\.name) == ["pirate__min3"])
  }

  @Test("A trait's labels contrast by their own conversations")
  func labels() throws {
    let rows = try #require(try Fixtures.rows().first { $0.dataset == "gemma-2-27b__trait__concise" })
    let contrast = try #require(Fixtures.checkpoint(rows).profile.contrast())
    for (lengths, label) in [(contrast.first, "pos"), (contrast.second, "neg")] {
      #expect(lengths == LengthDistribution(zip(rows.lengths, rows.labels).filter { $0.1 == label }.map(\.0)))
    }
    #expect(contrast.cohensD ?? 0 < 0 && contrast.probabilityLonger ?? 1 < 0.5)
    let role = try #require(try Fixtures.rows().first)
    #expect(Fixtures.checkpoint(role).profile.contrast() == nil)
  }
}
