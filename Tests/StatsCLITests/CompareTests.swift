import Foundation
import JSON
import TestSupport
import Testing

/// The command that compares lengths across models, labels and tokenizers.
@Suite struct CompareTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  private func analysed() throws -> Scratch {
    let scratch = try Scratch()
    let result = try Program.run(
      ["analyze", "--workspace", Self.demo, "--output-json", "t.json", "--no-plots", "--progress", "none"],
      in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
    return scratch
  }

  private func rows(_ arguments: [String], in scratch: Scratch) throws -> [JSONValue] {
    let result = try Program.run(["compare"] + arguments + ["--json"], in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
    return try #require(JSONValue.parse(result.output).arrayValue)
  }

  @Test("a persona's models have the medians of the statistics, and ratios to the first")
  func models() throws {
    let scratch = try analysed()
    let found = try rows(["t.json", "--persona", "lighthouse_keeper"], in: scratch)
    #expect(found.compactMap { $0["model"]?.stringValue } == ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"])
    let statistics = try JSONValue.parse(String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))
    let medians = try found.map { row in
      let model = try #require(row["model"]?.stringValue)
      let entry = statistics["datasets"]?["\(model)__role__lighthouse_keeper"]
      #expect(row["conversations"] == entry?["total_conversations"])
      #expect(row["median"] == entry?["length"]?["p50"])
      return Double(try #require(row["median"]?.integerValue))
    }
    #expect(found.map { $0["median_ratio"]?.doubleValue } == medians.map { $0 / medians[0] })
    #expect(found[0]["cohens_d"]?.doubleValue == 0 && found[0]["probability_longer"]?.doubleValue == 0.5)
  }

  @Test("pictures are drawn of the persona, and overviews of each model's roles if asked for")
  func pictures() throws {
    let scratch = try analysed()
    let arguments = ["t.json", "--persona", "lighthouse_keeper", "--output-plots", "plots"]
    _ = try rows(arguments, in: scratch)
    #expect(try pictures("plots", in: scratch) == ["role__lighthouse_keeper.png"])
    _ = try rows(arguments + ["--overviews"], in: scratch)
    let names = try pictures("plots", in: scratch)
    let models = ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"]
    let overviews = models.flatMap { ["contact_sheet__\($0)__roles.png", "heat_map__\($0)__roles.png"] }
    #expect(names == Set(overviews + ["role__lighthouse_keeper.png"]))
  }

  /// The names of the pictures in a folder, each of which must be a PNG.
  private func pictures(_ folder: String, in scratch: Scratch) throws -> Set<String> {
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path(folder)))
    for name in names {
      let start = try Data(contentsOf: scratch.folder.appending(path: "\(folder)/\(name)")).prefix(4)
      #expect(start == Data([0x89, 0x50, 0x4E, 0x47]), "\(name)")
    }
    return names
  }

  @Test("labels are drawn: a page for each trait, a map of effects, overviews of each label if asked for")
  func labelPictures() throws {
    let scratch = try analysed()
    let table = try rows(["t.json", "--labels", "pos,neg", "--output-plots", "plots", "--overviews"], in: scratch)
    let datasets = table.compactMap { $0["dataset"]?.stringValue }
    let groups = Set(datasets.map { $0.prefix { $0 != "_" } + "__traits" })
    let overviews = groups.flatMap { group in
      ["pos", "neg"].flatMap { ["contact_sheet__\(group)__\($0).png", "heat_map__\(group)__\($0).png"] }
        + ["label_effects__\(group)__pos-neg.png"]
    }
    #expect(try pictures("plots", in: scratch) == Set(datasets.map { "labels__\($0).png" } + overviews))
    let one = try Program.run(
      [
        "compare", "t.json", "--labels", "pos,neg", "--persona", "frank", "--output-plots", "svg", "--plot-format",
        "svg",
      ],
      in: scratch.folder)
    #expect(one.status == 0 && one.errors.split(separator: "\n").count == 2)
    #expect(one.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("picture: svg/") && $0.hasSuffix(".svg") })
  }

  @Test("texts under several tokenizers are drawn: a page for each dataset, overviews of each tokenizer if asked for")
  func tokenizerPictures() throws {
    let scratch = try Scratch()
    let names = ["qwen-3-32b", "gemma-2-27b"]
    let dataset = "llama-3.3-70b__role__clockmaker"
    _ = try rows(
      [
        dataset, "--workspace", Self.demo, "--tokenizers", names.joined(separator: ","), "--output-plots", "plots",
        "--overviews",
      ],
      in: scratch)
    let overviews = names.flatMap { name in
      ["contact_sheet", "heat_map"].map { "\($0)__llama-3.3-70b__roles__tokens_of_\(name).png" }
    }
    #expect(try pictures("plots", in: scratch) == Set(overviews + ["tokenizers__\(dataset).png"]))
  }

  @Test("labels are contrasted with an effect size, the largest first")
  func labels() throws {
    let scratch = try analysed()
    let found = try rows(["t.json", "--labels", "pos,neg"], in: scratch)
    #expect(found.count == 4)
    #expect(found.allSatisfy { $0["dataset"]?.stringValue?.contains("__trait__") == true })
    let effects = found.compactMap { $0["cohens_d"]?.doubleValue?.magnitude }
    #expect(effects.count == found.count && effects == effects.sorted(by: >))
    for row in found {
      let medians = [row["first_median"]?.integerValue, row["second_median"]?.integerValue].compactMap { $0 }
      #expect(medians.count == 2 && row["median_difference"]?.integerValue == medians[0] - medians[1])
    }
    let reversed = try rows(["t.json", "--labels", "neg,pos", "--persona", "frank"], in: scratch)
    let frank = found.first { $0["dataset"] == reversed.first?["dataset"] }
    #expect(reversed.count == 1)
    #expect(frank?["mean_difference"]?.doubleValue == reversed[0]["mean_difference"]?.doubleValue.map { -$0 })
    #expect(try Program.run(["compare", "t.json", "--labels", "pos,none"], in: scratch.folder).status == 4)
  }

  @Test("the same texts under several tokenizers add up by role, script, score and label")
  func tokenizers() throws {
    let scratch = try Scratch()
    let names = ["qwen-3-32b", "gemma-2-27b"]
    let found = try rows(
      ["llama-3.3-70b__role__clockmaker", "--workspace", Self.demo, "--tokenizers", names.joined(separator: ",")],
      in: scratch)
    for name in names {
      let own = found.filter { $0["tokenizer"]?.stringValue == name }
      let sums = ["all", "role", "script", "score", "label"].map { group in
        own.filter { $0["group"]?.stringValue == group }.compactMap { $0["tokens"]?.integerValue }.reduce(0, +)
      }
      #expect(sums[0] > 0 && Set(sums).count == 1)
    }
    #expect(found[0]["ratio"]?.doubleValue == 1)
    let tokens = found.prefix(2).compactMap { $0["tokens"]?.integerValue }.map { Double($0) }
    #expect(found[1]["ratio"]?.doubleValue == tokens[1] / tokens[0])
  }

  @Test("missing statistics, partial results and personas are told apart by the exit status")
  func faults() throws {
    let scratch = try analysed()
    func run(_ arguments: String...) throws -> Program.Result {
      try Program.run(["compare"] + arguments, in: scratch.folder)
    }
    #expect(try run("none.json").status == 1)
    #expect(try run("t.json", "--persona", "nobody").status == 4)
    #expect(try run("--tokenizers", "gpt-2").status == 5)
    #expect(try run("--tokenizers", "gemma-2-27b", "--persona", "a").status == 64)
    #expect(try run("t.json", "--labels", "pos").status == 64)
    let lost = "t.json.partials/qwen-3-32b__role__lighthouse_keeper.json"
    try FileManager.default.removeItem(atPath: scratch.path(lost))
    let partial = try run("t.json", "--persona", "lighthouse_keeper")
    #expect(partial.status == 3)
    #expect(partial.output.contains("gemma-2-27b") && partial.errors.contains("qwen-3-32b__role__lighthouse_keeper"))
  }
}
