import Foundation
import JSON
import TestSupport
import Testing

/// The table of bad inputs: for each one the messages, the exit status and what is done nevertheless.
@Suite struct BadInputTests {
  /// A row of the table.
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    /// What is bad.
    let input: String
    /// The folder of `BadInput/datasets` to analyse; `nil` for none.
    let datasets: String?
    /// Options beyond the usual ones.
    let arguments: [String]?
    /// Environment variables.
    let environment: [String: String]?
    /// What stands in the statistics file before.
    let existing: String?
    /// The exit status.
    let status: Int32
    /// The lines on standard error.
    let messages: [String]
    /// The datasets in the statistics file afterwards.
    let finished: [String]

    var testDescription: String { input }
  }

  private static let folder = Program.packageFolder.appending(path: "Tests/StatsCLITests/BadInput")

  static let cases =
    (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appending(path: "cases.json")))) ?? []

  @Test("the table is there")
  func tableIsRead() { #expect(Self.cases.count >= 30) }

  @Test("bad input is named, everything else is done, nothing is left half-written", arguments: cases)
  func badInput(bad: Case) throws {
    let scratch = try Scratch()
    if let datasets = bad.datasets {
      try FileManager.default.copyItem(
        at: Self.folder.appending(path: "datasets/\(datasets)"), to: scratch.folder.appending(path: "datasets"))
    }
    if let existing = bad.existing { try scratch.file("t.json", existing) }
    let given = bad.arguments ?? []
    var arguments = ["analyze", "--dataset-dir", "datasets", "--progress", "none"] + given
    if !given.contains("--output-json") { arguments += ["--output-json", "t.json"] }
    if !given.contains("--output-plots") { arguments += ["--output-plots", "plots"] }
    let result = try Program.run(arguments, environment: bad.environment ?? [:], in: scratch.folder)
    #expect(result.status == bad.status)
    #expect(result.errors.split(separator: "\n").map(String.init) == bad.messages)
    let statistics = try? Data(contentsOf: scratch.folder.appending(path: "t.json"))
    if let existing = bad.existing {
      #expect(statistics == Data(existing.utf8), "a file that cannot be updated stays as it is")
    } else {
      let document = try statistics.map { try JSONValue.parse([UInt8]($0)) }
      #expect((document?["datasets"]?.objectValue?.keys ?? []) == bad.finished)
    }
    let left = try FileManager.default.subpathsOfDirectory(atPath: scratch.folder.path)
    #expect(left.filter { $0.hasSuffix(".tmp") }.isEmpty)
    let pictures = left.filter { $0.hasPrefix("plots/") }.sorted()
    #expect(pictures == bad.finished.map { "plots/\($0).png" })
  }
}
