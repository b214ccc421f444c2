import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Reports

@Suite("One dataset on a terminal")
struct DatasetViewTests {
  /// Four datasets that Tests/BrowserTests/synthetic_statistics.py made: `--datasets 4 --rows 300`.
  private func lines(_ dataset: String, width: Int, isEmphasized: Bool = false) throws -> [String] {
    let path = try #require(Bundle.module.path(forResource: "Goldens/sample", ofType: "json"))
    let run = try StatisticsRun.load(path)
    let summary = try #require(run.datasets.first { $0.identity.dataset == dataset })
    return DatasetView(summary, of: run, width: width, isEmphasized: isEmphasized).lines
  }

  /// Compares with a golden text; TOKENSTATS_RECORD=1 writes it anew into the source folder.
  private func expectGolden(_ lines: [String], _ name: String) throws {
    let text = lines.joined(separator: "\n") + "\n"
    if Files.environment("TOKENSTATS_RECORD") == "1" {
      try AtomicFile.write(text, to: Files.join(Files.parent(of: #filePath), "Goldens/\(name).txt"))
    }
    let path = try #require(Bundle.module.path(forResource: "Goldens/\(name)", ofType: "txt"))
    #expect(text == (try Files.readText(path)))
  }

  @Test("the screen fills the width and no more", arguments: [60, 80, 120])
  func widths(width: Int) throws {
    for (kind, dataset) in [("role", "llama-3.3-70b__role__mervi"), ("trait", "gemma-2-27b__trait__corhinlu")] {
      let lines = try lines(dataset, width: width)
      #expect(lines.allSatisfy { TerminalText.width($0) <= width })
      #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
      try expectGolden(lines, "\(kind)-\(width)")
    }
  }

  @Test("tokens are whole numbers wherever there is room, and short where the table has none")
  func wholeNumbers() throws {
    let lines = try lines("llama-3.3-70b__role__mervi", width: 80)
    #expect(!lines.contains { $0.contains(" k ") })
    try withTemporaryFolder { folder in
      let path = Files.join(folder, "large.json")
      try AtomicFile.write(
        """
        {"datasets": {"m__role__a": {"model": "m", "type": "role", "name": "a", "total_conversations": 1234567,
         "total_tokens": 1234567890, "score_histogram": {"3": {"conversations": 1234567, "tokens": 1234567890}}}}}
        """, to: path)
      let run = try StatisticsRun.load(path)
      let dataset = try #require(run.datasets.first)
      let wide = DatasetView(dataset, of: run, width: 60, isEmphasized: false).lines
      #expect(wide.contains("3      1,234,567  100  1,234,567,890"))
      #expect(wide.contains("1,234,567 conversations   1,234,567,890 tokens"))
      let narrow = DatasetView(dataset, of: run, width: 53, isEmphasized: false).lines
      #expect(narrow.contains("3      1,234,567  100  1.23 G"))
      #expect(narrow.allSatisfy { TerminalText.width($0) <= 53 })
    }
  }

  @Test("percentiles of few conversations are dashes in the table and in the line below it")
  func fewConversations() throws {
    try withTemporaryFolder { folder in
      let path = Files.join(folder, "few.json")
      try AtomicFile.write(
        """
        {"datasets": {"m__role__a": {"model": "m", "type": "role", "name": "a", "total_conversations": 30,
         "total_tokens": 300, "score_histogram": {"3": {"conversations": 30, "tokens": 300}},
         "length": {"min": 1, "max": 99, "mean": 10.0, "std": 1.0, "p1": 1, "p5": 2, "p25": 5, "p50": 8, "p75": 9,
          "p90": 50, "p95": 77, "p99": 99}}}}
        """, to: path)
      let run = try StatisticsRun.load(path)
      let view = DatasetView(try #require(run.datasets.first), of: run, width: 100, isEmphasized: false)
      #expect(view.lines.contains { $0.hasPrefix("all       30  100     300       8   77    –") }, "\(view.lines)")
      #expect(
        view.lines.contains(
          "percentiles  min 1   p1 –   p5 2   p25 5   p50 8   p75 9   p90 50   p95 77   p99 –   max 99"))
      let table = String(decoding: view.scoreTable.tabSeparated, as: UTF8.self)
      let names = "score\tconversations\tpercent\ttokens\tmedian\tp95\tp99\tlongest"
      #expect(table.hasPrefix("\(names)\nall\t30\t100.0\t300\t8\t77\t99\t99\n"))
    }
  }

  @Test("without color and bold every character is the same")
  func emphasiz() throws {
    let plain = try lines("llama-3.3-70b__role__mervi", width: 80)
    let bold = try lines("llama-3.3-70b__role__mervi", width: 80, isEmphasized: true)
    #expect(bold != plain)
    #expect(bold.contains { $0.contains("\u{1B}[38;5;") })
    #expect(bold.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") } == plain)
  }

  @Test("a file of the original program shows what it holds")
  func originalFile() throws {
    try withTemporaryFolder { folder in
      let path = Files.join(folder, "old.json")
      try AtomicFile.write(
        """
        {"datasets": {"m__role__a": {"model": "m", "type": "role", "name": "a", "total_conversations": 2,
         "total_tokens": 30, "score_histogram": {"3": {"conversations": 1, "tokens": 10},
         "null": {"conversations": 1, "tokens": 20}}}}}
        """, to: path)
      let run = try StatisticsRun.load(path)
      let lines = DatasetView(try #require(run.datasets.first), of: run, width: 60, isEmphasized: false).lines
      #expect(
        lines == [
          "a                                                   role · m", "m__role__a",
          "2 conversations   30 tokens", "",
          "score  conv.     %  tokens", "all        2   100      30", "3          1  50.0      10",
          "2          0     0       0", "1          0     0       0", "0          0     0       0",
          "none       1  50.0      20",
        ])
    }
  }

  @Test("names cannot write to the terminal")
  func hostileName() throws {
    try withTemporaryFolder { folder in
      let path = Files.join(folder, "stats.json")
      try AtomicFile.write(StatisticsSample.document(personas: ["\u{1B}]0;owned\u{7}"]), to: path)
      let run = try StatisticsRun.load(path)
      let lines = DatasetView(try #require(run.datasets.first), of: run, width: 80, isEmphasized: false).lines
      #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 })
      #expect(lines.first?.contains("\\u{001B}]0;owned\\u{0007}") == true)
    }
  }
}
