import Foundation
import JSON
import TestSupport
import Testing

/// `plot`: pictures from statistics and partial results alone.
@Suite struct PlotTests {
  private static let sheets = ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"].flatMap { model in
    ["roles", "traits"].flatMap { ["contact_sheet__\(model)__\($0).png", "heat_map__\(model)__\($0).png"] }
  }

  /// Analyses a copy of the demo's datasets and removes it.
  private func analysed(_ options: [String] = ["--output-plots", "plots"]) throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      at: Program.packageFolder.appending(path: "Demo/datasets/processed/persona"),
      to: scratch.folder.appending(path: "datasets"))
    let result = try Program.run(
      ["analyze", "--dataset-dir", "datasets", "--output-json", "t.json", "--progress", "none"] + options,
      in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
    try FileManager.default.removeItem(atPath: scratch.path("datasets"))
    return scratch
  }

  private func plot(_ options: String..., in scratch: Scratch) throws -> Program.Result {
    try Program.run(["plot", "t.json"] + options, in: scratch.folder)
  }

  private func names(_ folder: String, in scratch: Scratch) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path(folder)))
  }

  @Test("the same pictures are drawn when the datasets are gone, with all overviews")
  func datasetsGone() throws {
    let scratch = try analysed()
    let statistics = try Data(contentsOf: scratch.folder.appending(path: "t.json"))
    let result = try plot("--output-plots", "again", in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "pictures: again\noverviews: again/overviews\n")
    let first = try names("plots", in: scratch)
    #expect(first.count == 11)
    #expect(try names("again", in: scratch) == first.union(["overviews"]))
    for name in first {
      let before = try Data(contentsOf: scratch.folder.appending(path: "plots/\(name)"))
      #expect(try before == Data(contentsOf: scratch.folder.appending(path: "again/\(name)")), "\(name)")
    }
    #expect(try names("again/overviews", in: scratch) == Set(Self.sheets))
    #expect(try Data(contentsOf: scratch.folder.appending(path: "t.json")) == statistics)
  }

  @Test("a pattern names what is drawn, as SVG where that is wanted")
  func pattern() throws {
    let scratch = try analysed()
    let result = try plot("--output-plots", "svg", "--plot-format", "svg", "--only", "qwen*curious", in: scratch)
    #expect(result.status == 0 && result.output == "pictures: svg\n")
    #expect(try names("svg", in: scratch) == ["qwen-3-32b__trait__curious.svg"])
    #expect(try plot("--output-plots", "p", "--only", "?????????????trait*", "--overviews", in: scratch).status == 0)
    let traits = try names("plots", in: scratch).filter { $0.hasPrefix("gemma-2-27b__trait") }
    #expect(try !traits.isEmpty && names("p", in: scratch) == traits.union(["overviews"]))
    #expect(
      try names("p/overviews", in: scratch) == [
        "contact_sheet__gemma-2-27b__traits.png", "heat_map__gemma-2-27b__traits.png",
      ])
    #expect(try plot("--output-plots", "q", "--no-overviews", in: scratch).output == "pictures: q\n")
  }

  @Test("a pattern that matches nothing ends with 4 and draws nothing")
  func nothing() throws {
    let scratch = try analysed()
    let result = try plot("--output-plots", "none", "--only", "nobody", in: scratch)
    #expect(result.status == 4 && result.errors == "error: no dataset of t.json matches nobody\n")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("none")))
  }

  @Test("partial results that are missing or damaged are named, and the others are drawn")
  func lost() throws {
    let scratch = try analysed()
    let lost = "qwen-3-32b__role__lighthouse_keeper"
    let damaged = "qwen-3-32b__trait__curious"
    try FileManager.default.removeItem(atPath: scratch.path("t.json.partials/\(lost).json"))
    try scratch.file("t.json.partials/\(damaged).json", "{")
    let result = try plot("--output-plots", "again", "--no-overviews", in: scratch)
    #expect(result.status == 3)
    let lines = result.errors.split(separator: "\n").map(String.init)
    try #require(lines.count == 3)
    #expect(
      lines[0] == "error: \(lost) is not drawn: t.json.partials/\(lost).json is not there: "
        + "count the dataset again with 'tokenstats analyze'")
    #expect(lines[1].hasPrefix("error: \(damaged) is not drawn: t.json.partials/\(damaged).json is damaged"))
    #expect(lines[2] == "error: 2 pictures are missing")
    #expect(try names("again", in: scratch).count == 9)
    let other = try plot("--output-plots", "one", "--only", "gemma*frank", in: scratch)
    #expect(other.status == 0 && other.errors.hasPrefix("warning: the scales are those of the other datasets"))
    let only = try plot("--output-plots", "two", "--only", damaged, in: scratch)
    #expect(only.status == 3 && only.output.isEmpty)
  }

  @Test("statistics without pictures learn where they are; then show has one")
  func recorded() throws {
    let scratch = try analysed(["--no-plots"])
    let name = "qwen-3-32b__trait__curious"
    let show = ["show", name, "--statistics", "t.json", "--image"]
    #expect(try Program.run(show, in: scratch.folder).errors.contains("tokenstats plot draws it"))
    #expect(try plot("--output-plots", "p", "--only", name, in: scratch).status == 0)
    #expect(try Program.run(show, in: scratch.folder).output == "./p/\(name).png\n")
    // A picture in another place is one more, not a new home.
    #expect(try plot("--output-plots", "q", "--only", name, in: scratch).status == 0)
    #expect(try Program.run(show, in: scratch.folder).output == "./p/\(name).png\n")
    let statistics = try JSONValue.parse(String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))
    let plots = statistics["datasets"]?.objectValue?.members.compactMap { $0.value["plot"]?.stringValue }
    #expect(plots == ["p/\(name).png"])
  }

  @Test("a question mark stands for one character, however many bytes it has")
  func characters() throws {
    let scratch = try analysed()
    let statistics = try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8)
    let partials = scratch.path("t.json.partials")
    let old = "qwen-3-32b__trait__curious"
    let partial = try String(contentsOfFile: "\(partials)/\(old).json", encoding: .utf8)
    let new = "qwen-3-32b__trait__čurioús"
    try scratch.file("t.json", statistics.replacingOccurrences(of: old, with: new))
    try partial.replacingOccurrences(of: old, with: new)
      .write(toFile: "\(partials)/\(new).json", atomically: true, encoding: .utf8)
    #expect(try plot("--output-plots", "p", "--only", "*__?urio?s", in: scratch).status == 0)
    #expect(try plot("--output-plots", "p", "--only", "*__??urio?s", in: scratch).status == 4)
  }
}
