import Foundation
import TestSupport
import Testing

/// Links and names that lead out of a folder, and escapes in names: nothing outside is touched, no terminal obeys.
@Suite struct HostileNameTests {
  private let raw = Program.rawDemo
  private static let dataset = "llama-3.3-70b__role__clockmaker"

  private func create(in scratch: Scratch) throws -> Program.Result {
    try Program.run([
      "create", "--type", "role", "--model", "llama-3.3-70b", "--name", "clockmaker", "--persona-data-dir", raw,
      "--output-dir", scratch.path("out"),
    ])
  }

  @Test("escapes in names do not reach the terminal")
  func escapes() throws {
    let result = try Program.run(["report", "a\u{1B}]0;owned\u{7}.json"])
    #expect(result.status == 1)
    #expect(result.errors.contains("a\\u{001B}]0;owned\\u{0007}.json") && !result.errors.contains("\u{1B}"))
  }

  @Test("a name cannot pass for a message of its own")
  func linesInNames() throws {
    let result = try Program.run(["count", "--model", "qwen-3-32b", "a\n::error::forged.jsonl"])
    #expect(
      result.status == 1 && result.errors.hasPrefix("error: a\\u{000A}::error::forged.jsonl: "), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test("a work folder that is a link is refused, and what it leads to stays")
  func linkedWorkFolder() throws {
    let scratch = try Scratch()
    let kept = try scratch.file("victim/a", "keep")
    try FileManager.default.createDirectory(atPath: scratch.path("out"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("out/.\(Self.dataset).unfinished"), withDestinationPath: "../victim")
    let result = try create(in: scratch)
    #expect(result.status == 1)
    #expect(result.errors.contains("it is a link or a file and not the folder of an unfinished run; remove it"))
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == "keep")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("victim")) == ["a"])
  }

  @Test(
    "statistics whose datasets are named like paths are refused by every command that reads them",
    arguments: [["merge"], ["plot", "--output-plots", "p"], ["report"], ["show"], ["analyze"]])
  func namesThatArePaths(command: [String]) throws {
    let scratch = try Scratch()
    let kept = try scratch.file("victim/x.json", "keep")
    try scratch.file("here/out.json.partials/.keep", "")
    let damaged = try scratch.file("t.json", #"{"schema_version":2,"metadata":{},"datasets":{"../../victim/x":{}}}"#)
    let options: [String]
    switch command[0] {
    case "merge": options = [damaged, "--output", scratch.path("here/out.json")]
    case "analyze":
      #expect(try create(in: scratch).status == 0)
      options = ["--dataset-dir", scratch.path("out"), "--output-json", damaged, "--no-plots"]
    case "show": options = ["x", "--statistics", damaged]
    default: options = [damaged]
    }
    let result = try Program.run(command + options, in: scratch.folder.appending(path: "here"))
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.errors.contains("\"../../victim/x\" as a file name: it holds a slash"))
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == "keep")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("victim")) == ["x.json"])
  }
}
