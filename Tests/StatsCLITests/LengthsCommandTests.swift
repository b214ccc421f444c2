import Foundation
import JSON
import TestSupport
import Testing

/// `analyze --lengths`.
@Suite struct LengthsCommandTests {
  private static let datasets = Program.packageFolder.appending(path: "Demo/datasets/processed/persona").path

  private func analyze(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    let options = ["--dataset-dir", Self.datasets, "--output-json", "t.json", "--no-plots", "--progress", "none"]
    return try Program.run(["analyze"] + options + arguments, in: scratch.folder)
  }

  @Test("the file of lengths is written, named in the output and the JSON, and stands where it was asked for")
  func written() throws {
    let scratch = try Scratch()
    let dataset = "qwen-3-32b__role__0_default"
    let plan = try analyze([dataset, "--lengths", "new/l.parquet", "--dry-run"], in: scratch)
    #expect(plan.output.contains("lengths would be written to new/l.parquet\n"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("new")))
    let result = try analyze([dataset, "--lengths", "new/l.parquet"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasSuffix("\nlengths:    new/l.parquet\n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("new")) == ["l.parquet"])
    let json = try JSONValue.parse(try analyze([dataset, "--lengths", "new/l.parquet", "--json"], in: scratch).output)
    #expect(json["lengths"] == .string("new/l.parquet") && json["counted"] == .number(1))
    #expect(try JSONValue.parse(analyze([dataset, "--json"], in: scratch).output)["lengths"] == .null)
  }

  @Test("a place where no file can be is an error before anything is counted")
  func unwritable() throws {
    let scratch = try Scratch()
    try scratch.file("file", "")
    for place in [".", "file/l.parquet"] {
      let result = try analyze(["--lengths", place], in: scratch)
      #expect(result.status == 1 && result.errors.hasPrefix("error: cannot "), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path("t.json")))
    }
  }
}
