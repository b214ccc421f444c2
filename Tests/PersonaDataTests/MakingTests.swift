import ColumnarFiles
import Foundation
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Datasets
@testable import PersonaData

/// Datasets that are made hold what the raw records hold, and nothing is left where none can be made.
struct MakingTests {
  private static let columns = [
    "model", "system_prompt", "label", "prompt_index", "question_index", "question", "extract_score",
  ]

  private func jobs(_ archive: String) throws -> [GenerationJob] {
    try GenerationPlan(PersonaArchive(path: archive), models: nil, types: [.role, .trait]).jobs
  }

  private func rows(_ path: String, _ name: DatasetName, more: [String] = []) throws -> [ReadDataset.Row] {
    let dataset = try ReadDataset(
      DatasetSource(path: path, name: name), extraColumns: Self.columns + [name.kind.rawValue] + more)
    #expect(dataset.failures.isEmpty)
    return dataset.rows
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  /// Compares all datasets made from an archive with those that Python made.
  private func compare(_ archive: String, with folder: String, schema: DatasetSchema) throws {
    try Scratch.with { output in
      var recipe = DatasetRecipe()
      recipe.schema = schema
      let maker = DatasetMaker(directory: output.path, recipe: recipe)
      for job in try jobs(archive) {
        let made = try maker.make(job)
        let expectedFolder = "\(folder)/\(job.name)"
        let hasFolder = FileManager.default.fileExists(atPath: expectedFolder)
        let more = schema == .v2 ? ["dataset_type"] : []
        let expected = try rows(hasFolder ? expectedFolder : expectedFolder + ".parquet", job.name, more: more)
        #expect(try rows(made.folder, job.name, more: more) == expected)
        #expect(try rows(made.file, job.name, more: more) == expected)
        #expect(made.contents?.rows == expected.count)
        #expect(try text("\(made.folder)/dataset_dict.json") == #"{"splits": ["train"]}"#)
        guard hasFolder else { continue }
        #expect(
          try text("\(made.folder)/train/dataset_info.json") == text("\(expectedFolder)/train/dataset_info.json"))
        #expect(
          try stateWithoutFingerprint(made.folder) == stateWithoutFingerprint(expectedFolder))
      }
      let entries = try FileManager.default.contentsOfDirectory(atPath: output.path)
      #expect(!entries.contains { $0.hasPrefix(".") })
    }
  }

  private func stateWithoutFingerprint(_ folder: String) throws -> String {
    try text("\(folder)/train/state.json").replacing(/"_fingerprint": "[0-9a-f]{16}"/, with: "")
  }

  @Test("the demo's raw records give the demo's datasets")
  func demo() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Demo").path
    try compare("\(root)/persona-data", with: "\(root)/datasets/processed/persona", schema: .v1)
  }

  @Test(
    "the sample's raw records give the sample's datasets",
    arguments: [
      ("processed_v1", DatasetSchema.v1), ("processed", .v2),
    ])
  func sample(folder: String, schema: DatasetSchema) throws {
    guard let shared = SharedFolder.path(suite: "datasets made from the sample") else { return }
    try compare("\(shared)/corpus/sample/raw", with: "\(shared)/corpus/sample/\(folder)", schema: schema)
  }

  @Test("refusals become missing scores and are counted")
  func refusals() throws {
    guard let shared = SharedFolder.path(suite: "refusals") else { return }
    try Scratch.with { output in
      let maker = DatasetMaker(directory: output.path)
      for job in try jobs("\(shared)/corpus/sample/raw_refusals") {
        let contents = try #require(try maker.make(job).contents)
        #expect(contents.rows == 300)
        #expect(contents.report.refusals == 5)
        #expect(contents.report.warnings.contains("5 refusals count as a missing score"))
      }
    }
  }

  /// An archive of one trait with some lines and scores.
  private func archive(_ folder: Scratch, _ lines: [String], scores: String?) throws -> GenerationJob {
    try folder.file("raw/m/traits_240/responses/calm.jsonl", lines.joined(separator: "\n"))
    if let scores { try folder.file("raw/m/traits_240/extract_scores/calm.json", scores) }
    let archive = try PersonaArchive(path: folder.path + "/raw")
    return try GenerationJob(archive.persona(model: "m", type: .trait, named: "calm"))
  }

  private func line(_ label: String, _ prompt: Int, _ question: Int, messages: String? = nil) -> String {
    let messages = messages ?? #"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "é\n"}]"#
    return #"{"system_prompt": null, "label": "\#(label)", "prompt_index": \#(prompt), "conversation": \#(messages), "#
      + #""question_index": \#(question), "question": "Q"}"#
  }

  @Test("what is odd in the records is counted, and the rest becomes rows")
  func dirty() throws {
    try Scratch.with { folder in
      let lines = [
        line("pos", 0, 0), "", line("pos", 0, 1, messages: "[]"), line("pos", 0, 0), line("neg", 0, 2),
        line("neg", 0, 3, messages: #"[{"role": "user", "content": "x", "name": "n"}]"#),
      ]
      let job = try archive(
        folder, lines,
        scores: #"{"pos_p0_q0": 70, "neg_p0_q2": null, "neg_p0_q3": 200, "neg_p9_q9": 1, "odd": 1, "pos_p0_q1": "hm"}"#)
      let made = try DatasetMaker(directory: folder.path + "/out").make(job)
      let contents = try #require(made.contents)
      #expect(contents.rows == 4 && contents.scoredRows == 3)
      #expect(contents.labels.map { "\($0.label) \($0.rows)" } == ["pos 2", "neg 2"])
      #expect(
        contents.report.warnings == [
          "1 null score in the file of scores", #"1 score is no whole number: pos_p0_q1 = "hm""#,
          "1 score is out of range: neg_p0_q3 = 200", "1 conversation is empty and left out",
          "1 record repeats another's key: pos_p0_q0 (lines 1 and 4)", "2 scores fit no record: neg_p9_q9, odd",
          "1 message has members besides role and content, left out",
        ])
      #expect(contents.sample.hasPrefix(#"{"model":"m","trait":"calm","system_prompt":null,"label":"pos""#))
      let read = try ReadDataset(
        DatasetSource(path: made.file, name: job.name), extraColumns: ["extract_score"])
      #expect(read.rows.map { $0.extra[0] } == ["70", "70", nil, "200"])
      #expect(read.failures.isEmpty)
    }
  }

  @Test("damaged lines fail the dataset and are all named, unless they are to be skipped")
  func damaged() throws {
    try Scratch.with { folder in
      let job = try archive(folder, [line("pos", 0, 0), "{\"label\": x}", "", "[]", line("pos", 0, 1)], scores: nil)
      let output = folder.path + "/out"
      let path = folder.path + "/raw/m/traits_240/responses/calm.jsonl"
      #expect(
        throws: InputError(
          .unreadable, dataset: "m__trait__calm",
          "\(path), line 2: byte 11: a text was expected; \(path), line 4: byte 1: an object was expected; "
            + "mend the file or leave damaged lines out with --skip-bad-lines")
      ) { try DatasetMaker(directory: output).make(job) }
      #expect(!FileManager.default.fileExists(atPath: output))
      var recipe = DatasetRecipe()
      recipe.skipsBadLines = true
      let contents = try #require(try DatasetMaker(directory: output, recipe: recipe).make(job).contents)
      #expect(contents.rows == 2)
      #expect(contents.report.damagedLines.map(\.line) == [2, 4])
    }
  }

  @Test("filters choose rows and stand in the name; where nothing passes nothing is written")
  func filters() throws {
    try Scratch.with { folder in
      let lines = (0..<9).map { line($0 < 5 ? "pos" : "neg", 0, $0) }
      let all = try archive(
        folder, lines, scores: #"{"pos_p0_q0": 0, "pos_p0_q1": 50, "pos_p0_q2": 90, "neg_p0_q6": 60}"#)
      let output = folder.path + "/out"
      func make(_ filters: ScoreFilters) throws -> MadeDataset {
        var recipe = DatasetRecipe()
        recipe.filters = filters
        return try DatasetMaker(directory: output, recipe: recipe).make(
          GenerationJob(all.persona, filters: filters))
      }
      #expect(try make(ScoreFilters(minimumScore: 0)).contents?.rows == 4)
      #expect(try make(ScoreFilters(minimumScore: 50, label: "pos")).contents?.rows == 2)
      #expect(try make(ScoreFilters(maximumScore: 60)).contents?.rows == 3)
      #expect(try make(ScoreFilters(label: "neg")).contents?.rows == 4)
      let error = #expect(throws: InputError.self) { try make(ScoreFilters(minimumScore: 95)) }
      #expect(error?.kind == .nothingFound)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: output).filter { !$0.hasSuffix(".parquet") }.sorted() == [
          "m__trait__calm__max60", "m__trait__calm__min0", "m__trait__calm__min50__pos", "m__trait__calm__neg",
        ])
    }
  }

  @Test("scores of other rows leave a column of type null, in both forms")
  func strangeScores() throws {
    try Scratch.with { folder in
      let job = try archive(folder, [line("pos", 0, 0)], scores: #"{"pos_p5_q5": 3}"#)
      let made = try DatasetMaker(directory: folder.path + "/out").make(job)
      #expect(try rows(made.file, job.name).map { $0.extra[6] } == [nil])
      #expect(try text("\(made.folder)/train/dataset_info.json").contains(#""dtype": "null""#))
    }
  }

  @Test("what is complete and unchanged is not made again; anything else is")
  func unchanged() throws {
    try Scratch.with { folder in
      var job = try archive(folder, [line("pos", 0, 0)], scores: #"{"pos_p0_q0": 3}"#)
      let output = folder.path + "/out"
      let maker = DatasetMaker(directory: output)
      let first = try maker.make(job)
      #expect(first.contents != nil)
      #expect(try maker.make(job).contents == nil)
      #expect(try DatasetMaker(directory: output, remakesUnchanged: true).make(job).contents != nil)
      var other = DatasetRecipe()
      other.schema = .v2
      #expect(try DatasetMaker(directory: output, recipe: other).make(job).contents != nil)
      #expect(try maker.make(job).contents != nil)
      try FileManager.default.removeItem(atPath: first.file)
      #expect(try maker.make(job).contents != nil)
      try folder.file("out/m__trait__calm.parquet", "PAR1cut short")
      #expect(try maker.make(job).contents != nil)
      job = try archive(folder, [line("pos", 0, 0)], scores: #"{"pos_p0_q0": 4}"#)
      #expect(try maker.make(job).contents != nil)
      job = try archive(folder, [line("pos", 0, 0), line("pos", 0, 1)], scores: #"{"pos_p0_q0": 4}"#)
      #expect(try maker.make(job).contents?.rows == 2)
      try folder.file("out/.m__trait__calm.unfinished/x", "left by an interrupted run")
      #expect(try DatasetMaker(directory: output, remakesUnchanged: true).make(job).contents != nil)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: output).sorted()
          == ["m__trait__calm", "m__trait__calm.parquet"])
    }
  }

  @Test("more rows than a batch, written by several workers with reports in order")
  func manyRows() throws {
    try Scratch.with { folder in
      _ = try archive(folder, (0..<2500).map { line("pos", $0 / 240, $0 % 240) }, scores: nil)
      try folder.file("raw/n/roles_240/responses/a.jsonl", line("pos", 0, 0))
      try folder.file("raw/n/roles_240/responses/b__c.jsonl", line("pos", 0, 0))
      try folder.file("raw/n/roles_240/responses/d.jsonl", "{")
      let plan = try GenerationPlan(PersonaArchive(path: folder.path + "/raw"), models: nil, types: [.role, .trait])
      #expect(plan.jobs.map(\.persona.persona) == ["calm", "a", "d"])
      #expect(plan.failures.count == 1)
      let reports = Guarded<[Int]>([])
      let generator = DatasetGenerator(plan, maker: DatasetMaker(directory: folder.path + "/out")) { progress in
        reports.withLock { $0.append(progress.done) }
      }
      generator.run(jobs: 2)
      #expect(reports.withLock { $0 } == [1, 2, 3])
      #expect(generator.outcomes.map(\.job.name.description) == ["m__trait__calm", "n__role__a", "n__role__d"])
      #expect(generator.outcomes.map { (try? $0.result.get())?.contents?.rows } == [2500, 1, nil])
      let name = try DatasetName(parsing: "m__trait__calm")
      #expect(
        try rows(folder.path + "/out/m__trait__calm", name).map { $0.extra[4] } == (0..<2500).map { "\($0 % 240)" })
    }
  }

  @Test("a folder beyond the limit has data files of equal numbers of rows, as save_to_disk makes them")
  func shards() throws {
    try Scratch.with { folder in
      let lines = (0..<2503).map { line($0 % 2 == 0 ? "pos" : "neg", $0 / 240, $0 % 240) }
      let scores = (0..<2503).filter { $0 % 3 == 0 }.map { row in
        "\"\(row % 2 == 0 ? "pos" : "neg")_p\(row / 240)_q\(row % 240)\": \(row % 101)"
      }
      let job = try archive(folder, lines, scores: "{\(scores.joined(separator: ", "))}")
      let whole = try DatasetMaker(directory: folder.path + "/whole").make(job)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: whole.folder + "/train").sorted() == [
          "data-00000-of-00001.arrow", "dataset_info.json", "state.json",
        ])
      var maker = DatasetMaker(directory: folder.path + "/cut")
      maker.shardSize = 60_000
      let cut = try maker.make(job)
      let files = try FileManager.default.contentsOfDirectory(atPath: cut.folder + "/train").filter {
        $0.hasSuffix(".arrow")
      }.sorted()
      #expect(files.count > 3)
      let expectedNames = files.indices.map { index in
        "data-\(String(format: "%05d", index))-of-\(String(format: "%05d", files.count)).arrow"
      }
      #expect(files == expectedNames)
      let counts = try files.map { file in try TableReader(path: "\(cut.folder)/train/\(file)").countRows() }
      let share = 2503 / files.count
      #expect(counts == files.indices.map { share + ($0 < 2503 % files.count ? 1 : 0) })
      let listed = try text(cut.folder + "/train/state.json").matches(of: /"filename": "([^"]*)"/).map { String($0.1) }
      #expect(listed == files)
      let rows = try rows(cut.folder, job.name)
      #expect(rows.count == 2503)
      #expect(try rows == self.rows(whole.folder, job.name) && rows == self.rows(cut.file, job.name))
      // Found complete the second time.
      #expect(try maker.make(job).contents == nil)
    }
  }
}
