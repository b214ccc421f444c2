import Foundation
import JSON
import TestSupport
import Testing

/// Limits that nobody counted with, in everything that shows limits.
@Suite struct OtherLimitsTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path
  private static let name = "gemma-2-27b__role__lighthouse_keeper"

  private func analyzed(_ scratch: Scratch) throws {
    let made = try Program.run(
      ["analyze", Self.name, "--workspace", Self.demo, "-o", "t.json", "--no-plots", "--progress", "none"],
      in: scratch.folder)
    try #require(made.status == 0, "\(made.errors)")
  }

  @Test("the lines of limits hold every number that JSON has, and are cut nowhere", arguments: [40, 60, 80, 160])
  func everyNumber(width: Int) throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let options = ["show", "t.json", "keeper", "--limits", "128,256,4k"]
    let entry = try JSONValue.parse(Program.run(options + ["--json"], in: scratch.folder).output)
    let lines = try Program.run(options + ["--width", "\(width)"], in: scratch.folder).lines
    let start = try #require(lines.firstIndex { $0.hasPrefix("limits ") })
    let end = try #require(lines[(start + 1)...].firstIndex { $0.first != " " })
    let text = lines[start..<end].flatMap { $0.split(separator: " ") }.joined(separator: " ")
    #expect(!text.contains("…"))
    let words = [
      "tokens_lost": "tokens lost", "trained_tokens_lost": "trained", "no_target": "no target", "end_lost": "ends lost",
      "prompt_over": "prompts over", "completion_over": "completions over",
    ]
    for (limit, next) in [("128", "over 256: "), ("256", "over 4,096: ")] {
      let numbers = try #require(entry["over_limit"]?[limit])
      let part = try #require(
        text.components(separatedBy: "over \(limit): ").last?.components(separatedBy: next).first)
      #expect(part.hasPrefix("\(try #require(numbers["conversations"]?.integerValue)) ("))
      for (key, words) in words {
        let number = try #require(numbers[key]?.integerValue)
        #expect(part.replacing(",", with: "").contains("\(words) \(number)"), "\(key) of \(limit): \(text)")
      }
    }
    #expect(text.hasSuffix("over 4,096: 0"))
  }

  @Test("report and plot take other limits without counting again, and keep the file as it is")
  func reportAndPlot() throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let before = try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8)
    let entry = try JSONValue.parse(
      Program.run(["show", "t.json", "keeper", "--limits", "100", "--json"], in: scratch.folder).output)
    let over = try #require(entry["over_limit"]?["100"]?["conversations"]?.integerValue)
    let report = try Program.run(["report", "t.json", "--limits", "100"], in: scratch.folder)
    #expect(report.status == 0, "\(report.errors)")
    let rows = try JSONValue.parse(try String(contentsOfFile: scratch.path("index-datasets.json"), encoding: .utf8))
    let members = try #require(rows.arrayValue?.first?.objectValue).members
    #expect(members.contains { $0.key.contains("100") && $0.value == .number(over) }, "\(members.map(\.key))")
    #expect(!members.contains { $0.key.contains("2048") })
    let pictures = try [[], ["--limits", "100"], ["--limits", "100,200,300"]].map { options in
      let drawn = try Program.run(
        ["plot", "t.json", "--output-plots", "p", "--plot-format", "svg", "--no-overviews"] + options,
        in: scratch.folder)
      #expect(drawn.status == 0, "\(drawn.errors)")
      return try String(contentsOfFile: scratch.path("p/\(Self.name).svg"), encoding: .utf8)
    }
    #expect(Set(pictures).count == 3)
    #expect(try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8) == before)
    #expect(try Program.run(["report", "t.json", "--limits", "1,024"], in: scratch.folder).status == 64)
    try FileManager.default.removeItem(atPath: scratch.path("t.json.partials"))
    let lost = try Program.run(["report", "t.json", "--limits", "100"], in: scratch.folder)
    #expect(lost.status == 1 && lost.errors.contains("count it again"), "\(lost.errors)")
  }

  @Test("pairs are told at limits that were not counted, and where their rows are lost that is said")
  func pairs() throws {
    let scratch = try Scratch()
    let rows = [("one two three four five six", "one"), ("one", "one two")].map { chosen, rejected in
      let side = { (text: String) in
        #"[{"role":"user","content":"Q"},{"role":"assistant","content":"\#(text)"}]"#
      }
      return #"{"chosen":\#(side(chosen)),"rejected":\#(side(rejected))}"# + "\n"
    }
    try scratch.file("p.jsonl", rows.joined())
    let analyze = [
      "analyze", "--model", "qwen-3-32b", "-o", "t.json", "--no-plots", "--progress", "none", "--limits",
    ]
    try #require(try Program.run(analyze + ["64", "p.jsonl"], in: scratch.folder).status == 0)
    func pairs(_ options: [String] = []) throws -> String {
      let result = try Program.run(["show", "t.json", "chosen", "--width", "120"] + options, in: scratch.folder)
      let lines = result.lines.drop { !$0.hasPrefix("pairs ") }
      return lines.prefix { $0.hasPrefix("pairs ") || $0.hasPrefix(" ") }.joined()
    }
    #expect(try pairs().contains("a side over 64: 0"))
    #expect(try pairs(["--limits", "18"]).contains("a side over 18: 1 (50.0 %), chosen 1, rejected 0, both 0"))
    // Another run changes the limits of the file, and with them those of pairs that it does not count.
    try scratch.file("c.jsonl", #"{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}"#)
    let other = try Program.run(analyze + ["18", "c.jsonl"], in: scratch.folder)
    #expect(other.status == 0, "\(other.errors)")
    #expect(try pairs().contains("a side over 18: 1 (50.0 %)"))
    let partials = URL(filePath: scratch.path("t.json.partials"))
    for file in try FileManager.default.contentsOfDirectory(atPath: partials.path) where file.contains("rejected") {
      let place = partials.appending(path: file)
      let text = try String(contentsOf: place, encoding: .utf8)
      try text.replacing("\"side\"", with: "\"aside\"").write(to: place, atomically: true, encoding: .utf8)
    }
    #expect(try pairs(["--limits", "32"]).contains("a side over 32: not known"))
  }
}
