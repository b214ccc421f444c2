import Datasets
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Counting

/// Jobs that take the same rows with different models are read together, and no others.
struct ScanUnitTests {
  private func job(_ path: String, _ model: String, label: String? = nil) throws -> ScanJob {
    var lookup = SourceLookup(folder: "/nowhere")
    lookup.model = model
    let source = try #require(try lookup.sources(path).first)
    var filters = ScoreFilters()
    filters.label = label
    return ScanJob(source: source, filters: filters, model: model)
  }

  @Test("the same rows are one read for each group of eight models")
  func together() throws {
    try Scratch.with { folder in
      let first = try folder.file("a.jsonl", "\"x\"\n")
      let second = try folder.file("b.jsonl", "\"x\"\n")
      let jobs = try [
        job(first, "m"), job(second, "m"), job(first, "n"), job(first, "m", label: "a"), job(second, "n"),
        job(first, "m"),
      ]
      #expect(ScanUnit.together(jobs, keepsOrder: false) == [[0, 2], [1, 4], [3], [5]])
      #expect(ScanUnit.together(jobs, keepsOrder: true) == [[0], [1], [2], [3], [4], [5]])
      let many = try (0..<10).map { try job(first, "m\($0)") }
      #expect(ScanUnit.together(many, keepsOrder: true).map(\.count) == [8, 2])
    }
  }
}
