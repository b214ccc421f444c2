import Foundation
import JSON
import TestSupport
import Testing

/// `analyze` on the committed sample against what the reference stack counted in it.
@Suite struct DemoTests {
  private static let demo = Program.packageFolder.appending(path: "Demo")

  private func analyze(_ scratch: Scratch, _ more: [String] = []) throws -> Program.Result {
    try Program.run(
      [
        "analyze", "--workspace", Self.demo.path, "--output-json", scratch.path("t.json"),
        "--output-plots", scratch.path("plots"), "--limits", "512,1024,2048", "--progress", "none",
      ] + more)
  }

  private func statistics(_ scratch: Scratch) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: scratch.folder.appending(path: "t.json"))))
  }

  /// Every member of `expected` that is in `found` too has the same value, and so on inside.
  private func expectSame(_ found: JSONValue?, _ expected: JSONValue, _ place: String) {
    switch expected {
    case .object(let members):
      for member in members.members { expectSame(found?[member.key], member.value, "\(place).\(member.key)") }
    case .double(let value):
      let other = found?.doubleValue ?? .nan
      #expect(abs(other - value) <= 1e-9 * max(1, abs(value)), "\(place)")
    default:
      #expect(found == expected, "\(place)")
    }
  }

  @Test("every number is the reference's, in both file forms, for all models, roles and traits")
  func numbers() throws {
    let scratch = try Scratch()
    let result = try analyze(scratch)
    #expect(result.status == 0, "\(result.errors)")
    let found = try statistics(scratch)
    let expected = try JSONValue.parse([UInt8](Data(contentsOf: Self.demo.appending(path: "expected.json"))))
    let datasets = try #require(expected.objectValue)
    #expect(found["datasets"]?.objectValue?.keys == datasets.keys)
    for (name, value) in datasets.members.map({ ($0.key, $0.value) }) {
      var members = try #require(value.objectValue)
      members["counts"] = nil
      expectSame(found["datasets"]?[name], .object(members), name)
    }
  }

  @Test("--timing accounts for the whole run, thread by thread, and is silent unless asked")
  func timing() throws {
    let scratch = try Scratch()
    let result = try analyze(scratch, ["--json", "--timing", "--jobs", "2"])
    #expect(result.status == 0, "\(result.errors)")
    let timing = try #require(try JSONValue.parse(Array(result.output.utf8))["timing"])
    func seconds(_ value: JSONValue?, _ names: [String]) -> Double {
      names.reduce(0) { $0 + (value?[$1]?.doubleValue ?? .nan) }
    }
    let counting = try #require(timing["counting"])
    let drawing = try #require(timing["drawing"])
    let parts = seconds(timing, ["scan_seconds", "load_seconds", "write_seconds"])
    let whole = seconds(timing, ["total_seconds"])
    #expect(parts + seconds(counting, ["seconds"]) + seconds(drawing, ["seconds"]) <= whole)
    // The phases of the threads lie inside the threads' times, and those inside the time that passed.
    for (part, phases) in [
      (counting, ["read_seconds", "render_seconds", "count_seconds", "hash_seconds", "save_seconds"]),
      (drawing, ["draw_seconds", "write_seconds"]),
    ] {
      let threads = try #require(part["workers"]?.arrayValue)
      #expect(threads.count == 2)
      let elapsed = threads.reduce(0) { $0 + seconds($1, ["seconds"]) }
      #expect(phases.allSatisfy { seconds(part, [$0]) > 0 } && seconds(part, phases) <= elapsed + 1e-4)
      #expect(threads.allSatisfy { seconds($0, ["seconds", "waiting_seconds"]) <= seconds(part, ["seconds"]) + 1e-4 })
    }
    let datasets = try statistics(scratch)["datasets"]?.objectValue?.members.count
    #expect(drawing["pictures"]?.integerValue == datasets)
    let again = try analyze(scratch, ["--timing", "--no-plots"])
    let last = try #require(again.output.split(separator: "\n").last)
    let plain = try #require(try JSONValue.parse(Array(last.utf8))["timing"])
    #expect(plain["drawing"] == nil && seconds(plain["counting"], ["count_seconds"]) == 0)
    #expect(try !analyze(scratch, ["--json"]).output.contains("timing"))
  }

  @Test(
    "count gives the reference's count of every row",
    arguments: [
      "gemma-2-27b__role__lighthouse_keeper.parquet", "llama-3.3-70b__role__clockmaker", "qwen-3-32b__trait__curious",
    ])
  func rows(entry: String) throws {
    let name = entry.replacingOccurrences(of: ".parquet", with: "")
    let model = String(name.prefix { $0 != "_" })
    let path = Self.demo.appending(path: "datasets/processed/persona/\(entry)").path
    let result = try Program.run(["count", "--each", "--model", model, path])
    let expected = try JSONValue.parse([UInt8](Data(contentsOf: Self.demo.appending(path: "expected.json"))))
    let counts = try #require(expected[name]?["counts"]?.arrayValue).map(\.integerValue)
    #expect(result.lines.map { Int($0) } == counts, "\(result.errors)")
  }

  @Test("each dataset has a picture, named in the statistics relative to them")
  func pictures() throws {
    let scratch = try Scratch()
    #expect(try analyze(scratch).status == 0)
    for (name, entry) in try #require(statistics(scratch)["datasets"]?.objectValue).members.map({ ($0.key, $0.value) })
    {
      #expect(entry["plot"] == .string("plots/\(name).png"))
      let png = try Data(contentsOf: scratch.folder.appending(path: "plots/\(name).png"))
      #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
  }

  @Test("a second run takes everything over and changes nothing but the time")
  func secondRun() throws {
    let scratch = try Scratch()
    #expect(try analyze(scratch).status == 0)
    let first = try statistics(scratch)
    let plan = try analyze(scratch, ["--dry-run"])
    #expect(plan.lines.filter { $0.hasSuffix("would be taken over") }.count == 11)
    let report = try JSONValue.parse(try analyze(scratch, ["--json"]).output)
    #expect(report["counted"] == .integer(0))
    #expect(report["taken_over"] == .integer(11))
    let second = try statistics(scratch)
    #expect(first["datasets"] == second["datasets"])
  }

  @Test("a dry run writes nothing")
  func dryRun() throws {
    let scratch = try Scratch()
    let plan = try analyze(scratch, ["--dry-run"])
    #expect(plan.status == 0)
    #expect(plan.lines.filter { $0.hasSuffix("would be counted") }.count == 11)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
  }

  @Test("models are counted one after the other into one file, and all pictures share the scales of all")
  func modelByModel() throws {
    let together = try Scratch()
    let apart = try Scratch()
    #expect(try analyze(together).status == 0)
    for model in ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"] {
      #expect(try analyze(apart, ["--models", model]).status == 0)
    }
    #expect(try statistics(together)["datasets"] == statistics(apart)["datasets"])
    for name in try #require(statistics(together)["datasets"]?.objectValue).keys {
      let picture = "plots/\(name).png"
      let first = try Data(contentsOf: together.folder.appending(path: picture))
      #expect(try first == Data(contentsOf: apart.folder.appending(path: picture)), "\(picture)")
    }
  }

  @Test("the number of threads changes no number")
  func threads() throws {
    let one = try Scratch()
    let three = try Scratch()
    #expect(try analyze(one, ["--jobs", "1"]).status == 0)
    #expect(try analyze(three, ["--jobs", "3"]).status == 0)
    #expect(try statistics(one)["datasets"] == statistics(three)["datasets"])
  }

  @Test("the table ends with a conclusion for each model")
  func conclusion() throws {
    let scratch = try Scratch()
    let lines = try analyze(scratch).lines
    #expect(lines.contains("qwen-3-32b: p99 = 655: max_length 1,024 loses 0.8 % of conversations"))
    #expect(lines.contains("statistics: \(scratch.path("t.json"))"))
  }

  @Test("progress as JSON is a JSON object a line, and nothing is shown where nothing is asked for")
  func progress() throws {
    let scratch = try Scratch()
    // Notices are no progress.
    func progress(_ result: Program.Result) -> [Substring] {
      result.errors.split(separator: "\n").filter { !$0.contains("conversations with control tokens in the text") }
    }
    #expect(try progress(analyze(scratch)).isEmpty)
    let lines = try progress(analyze(scratch, ["--force", "--progress", "json"]))
    for line in lines { #expect(try JSONValue.parse(String(line))["datasets"] != nil) }
  }
}
