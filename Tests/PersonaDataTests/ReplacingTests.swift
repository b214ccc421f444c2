import ColumnarFiles
import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Datasets
@testable import PersonaData

/// What is there is replaced as a whole or stays, and is found unchanged only where it is whole.
struct ReplacingTests {
  private let line =
    #"{"system_prompt": null, "label": "pos", "prompt_index": 0, "question_index": 0, "question": "Q", "#
    + #""conversation": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]}"#

  private func job(_ folder: Scratch, rows: Int = 1) throws -> GenerationJob {
    let lines = Array(repeating: line, count: rows).joined(separator: "\n")
    try folder.file("raw/m/traits_240/responses/calm.jsonl", lines)
    let archive = try PersonaArchive(path: folder.path + "/raw")
    return try GenerationJob(archive.persona(model: "m", type: .trait, named: "calm"))
  }

  private func entries(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test("where the new dataset cannot take its place, the one that was there is back in it")
  func failedReplacement() throws {
    try Scratch.with { folder in
      let output = folder.path + "/out"
      let made = try DatasetMaker(directory: output).make(job(folder))
      let state = try String(contentsOfFile: made.folder + "/train/state.json", encoding: .utf8)
      // A folder in the file's place cannot be replaced by a file.
      try FileManager.default.removeItem(atPath: made.file)
      try folder.file("out/m__trait__calm.parquet/kept", "x")
      let error = #expect(throws: InputError.self) {
        try DatasetMaker(directory: output).make(job(folder, rows: 2))
      }
      #expect(error?.kind == .unwritable)
      #expect(try String(contentsOfFile: made.folder + "/train/state.json", encoding: .utf8) == state)
      #expect(try entries(made.file) == ["kept"])
      #expect(try entries(output) == ["m__trait__calm", "m__trait__calm.parquet"])
    }
  }

  @Test("a dataset is made by one writer at a time")
  func twoWriters() throws {
    try Scratch.with { folder in
      let job = try job(folder)
      let output = folder.path + "/out"
      func writer() throws -> DatasetWriter {
        try DatasetWriter(
          job.name, schema: DatasetSchema.v1.arrowSchema(type: .trait, hasScores: false), compression: .none,
          directory: output)
      }
      do {
        let first = try writer()
        let error = #expect(throws: InputError.self) { _ = try DatasetMaker(directory: output).make(job) }
        #expect(error?.message.contains("another run is at work there") == true)
        #expect(try entries("\(output)/.\(job.name).unfinished").contains("dataset"))
        _ = consume first
      }
      #expect(try entries(output).isEmpty)
      #expect(try DatasetMaker(directory: output).make(job).contents?.rows == 1)
    }
  }

  @Test("models that are named twice are planned once, in the order of their first names")
  func repeatedModels() throws {
    try Scratch.with { folder in
      for model in ["a", "b"] { try folder.file("raw/\(model)/traits_240/responses/calm.jsonl", line) }
      let archive = try PersonaArchive(path: folder.path + "/raw")
      let plan = try GenerationPlan(archive, models: ["b", "a", "b", "a"], types: [.trait])
      #expect(plan.jobs.map(\.name.description).sorted() == ["a__trait__calm", "b__trait__calm"])
    }
  }

  @Test("what is there with a damaged or missing file, or fewer rows in one form, is made again")
  func damagedDataset() throws {
    try Scratch.with { folder in
      let maker = DatasetMaker(directory: folder.path + "/out")
      let job = try job(folder, rows: 2)
      let made = try maker.make(job)
      #expect(try maker.make(job).contents == nil)
      for file in ["dataset_dict.json", "train/dataset_info.json", "train/state.json"] {
        for damage in ["", "{\"features\": "] {
          try folder.file("out/m__trait__calm/\(file)", damage)
          #expect(try maker.make(job).contents?.rows == 2, "\(file) \(damage)")
        }
        try FileManager.default.removeItem(atPath: "\(made.folder)/\(file)")
        #expect(try maker.make(job).contents?.rows == 2, "\(file)")
      }
      #expect(try maker.make(job).contents == nil)
      let other = try DatasetMaker(directory: folder.path + "/other").make(self.job(folder, rows: 1))
      try FileManager.default.removeItem(atPath: made.file)
      try FileManager.default.copyItem(atPath: other.file, toPath: made.file)
      #expect(try maker.make(self.job(folder, rows: 2)).contents?.rows == 2)
    }
  }

  @Test("what the system cannot read is an error, not a reason to make the dataset again")
  func unreadableState() throws {
    try Scratch.with { folder in
      let maker = DatasetMaker(directory: folder.path + "/out")
      let job = try job(folder)
      let state = try maker.make(job).folder + "/train/state.json"
      try FileManager.default.removeItem(atPath: state)
      try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
      #expect(
        throws: InputError(
          .unreadable, dataset: "m__trait__calm",
          "cannot read \(state): Is a directory; mend that, or make the dataset again with --force")
      ) { try maker.make(job) }
      #expect(try DatasetMaker(directory: maker.directory, remakesUnchanged: true).make(job).contents != nil)
    }
  }

  @Test("where no row passes the filters, not even the folder for the datasets is made")
  func emptyResult() throws {
    try Scratch.with { folder in
      let all = try job(folder)
      let filters = ScoreFilters(minimumScore: 1)
      var recipe = DatasetRecipe()
      recipe.filters = filters
      let error = #expect(throws: InputError.self) {
        try DatasetMaker(directory: folder.path + "/out", recipe: recipe).make(
          GenerationJob(all.persona, filters: filters))
      }
      #expect(error?.kind == .nothingFound)
      #expect(try entries(folder.path) == ["raw"])
    }
  }

  @Test("personas stand in the order of their names, not of their files")
  func order() throws {
    try Scratch.with { folder in
      for name in ["calm", "calm-1", "Z"] { try folder.file("raw/m/traits_240/responses/\(name).jsonl", line) }
      let personas = try PersonaArchive(path: folder.path + "/raw").personas(model: "m", type: .trait)
      #expect(personas.map(\.persona) == ["Z", "calm", "calm-1"])
    }
  }
}
