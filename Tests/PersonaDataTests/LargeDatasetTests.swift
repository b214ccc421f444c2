import Foundation
import Testing
import TokenStatistics

@testable import Datasets
@testable import PersonaData

/// Datasets whose keys do not fit into memory, or whose records nearly do not, are made as all others are.
struct LargeDatasetTests {
  private static let labels = ["pos", "neg", "\u{E9}", "e\u{301}", "a_p1"]

  private func line(_ label: String, _ prompt: Int, _ question: Int, content: String = "Hi") -> String {
    #"{"system_prompt": null, "label": "\#(label)", "prompt_index": \#(prompt), "question_index": \#(question), "#
      + #""conversation": [{"role": "user", "content": "\#(content)"}], "question": "Q"}"#
  }

  private func job(_ folder: TemporaryFolder, _ lines: [String], scores: String? = nil) throws -> GenerationJob {
    try folder.write("raw/m/traits_240/responses/calm.jsonl", lines.joined(separator: "\n"))
    if let scores { try folder.write("raw/m/traits_240/extract_scores/calm.json", scores) }
    let archive = try PersonaArchive(path: folder.path + "/raw")
    return try GenerationJob(archive.persona(model: "m", type: .trait, named: "calm"))
  }

  private func index(using generator: inout SeededGenerator) -> Int {
    Int.random(in: 0..<20, using: &generator) > 0
      ? Int.random(in: 0..<25, using: &generator) : ([-1, .max, .min].randomElement(using: &generator) ?? 0)
  }

  private func name(using generator: inout SeededGenerator) -> (label: String, prompt: Int, question: Int) {
    (Self.labels.randomElement(using: &generator) ?? "", index(using: &generator), index(using: &generator))
  }

  /// Scores of every kind, some of them for records that are not there.
  private func scores(using generator: inout SeededGenerator) -> String {
    let values = ["50", "0", "100", "200", "-1", "null", #""REFUSAL""#, #""high""#, "7.0", "7.5", #""8""#]
    let members = (0..<2000).map { number in
      let (label, prompt, question) = name(using: &generator)
      let name = number % 50 == 0 ? "odd \(number % 150)" : "\(label)_p\(prompt)_q\(question)"
      return "\"\(name)\": \(values.randomElement(using: &generator) ?? "")"
    }
    return "{\(members.joined(separator: ", "))}"
  }

  /// The files of a folder and below it, and what they hold.
  private func files(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      files[path] = FileManager.default.contents(atPath: "\(folder)/\(path)")
    }
    return files
  }

  @Test("what is reported and written is the same in memory and with keys in a file")
  func spilled() throws {
    try TemporaryFolder.with { folder in
      var generator = SeededGenerator(state: 2000)
      let lines = (0..<3000).map { _ in
        let (label, prompt, question) = name(using: &generator)
        return line(label, prompt, question)
      }
      let job = try job(folder, lines, scores: scores(using: &generator))
      let usual = try DatasetMaker(directory: folder.path + "/usual").make(job)
      let expected = try #require(usual.contents)
      #expect(expected.report.duplicates > 500 && expected.report.unusedScores > 300)
      #expect(expected.report.outOfRangeScores > 100 && expected.report.unreadableScores > 100)
      #expect(expected.labels.count == Self.labels.count && expected.scoredRows > 500)
      for limits in RecordTableTests.limits.dropFirst() {
        var maker = DatasetMaker(directory: folder.path + "/spilled", remakesUnchanged: true)
        maker.tableLimits = limits
        #expect(try maker.make(job).contents == expected)
        #expect(try files(maker.directory) == files(folder.path + "/usual"))
      }
    }
  }

  @Test("records are noted anew where the rows are written again")
  func secondPass() throws {
    try TemporaryFolder.with { folder in
      let lines = (0..<500).map { line("pos", 0, $0 % 400) }
      let scores = (0..<500).map { "\"neg_p0_q\($0)\": 1" }.joined(separator: ",")
      let job = try job(folder, lines, scores: "{\(scores)}")
      var maker = DatasetMaker(directory: folder.path + "/out")
      maker.tableLimits = RecordTableTests.limits[1]
      let report = try #require(try maker.make(job).contents?.report)
      #expect(report.duplicates == 100 && report.unusedScores == 500)
      #expect(report.duplicateExamples.first == "pos_p0_q0 (lines 1 and 401)")
    }
  }

  @Test("where no temporary file can be made, the error names the folder and nothing is left")
  func noRoom() throws {
    try TemporaryFolder.with { folder in
      let job = try job(folder, (0..<500).map { line("pos", 0, $0) })
      var maker = DatasetMaker(directory: "/proc/self/datasets")
      maker.tableLimits = RecordTableTests.limits[1]
      let error = #expect(throws: InputError.self) { try maker.make(job) }
      #expect(error?.kind == .unwritable)
      #expect(error?.message.hasPrefix("cannot write a temporary file in /proc/self: ") == true)
      #expect(error?.message.contains("make room on its disk") == true)
    }
  }

  @Test("more labels than memory is meant for are an error that names the line")
  func manyLabels() throws {
    try TemporaryFolder.with { folder in
      let job = try job(folder, (0...RecordEntry.labelLimit).map { line("l\($0)", 0, 0) })
      let path = job.persona.recordsPath
      let error = #expect(throws: InputError.self) { try DatasetMaker(directory: folder.path + "/out").make(job) }
      #expect(error?.message.hasPrefix("\(path), line 65535: there are more than 65534 different labels") == true)
      #expect(throws: InputError.self) { try PersonaListing(job.persona) }
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/\(job.name)"))
    }
  }

  @Test("records of many megabytes become rows, and of a first one the sample has the beginning")
  func longRecords() throws {
    try TemporaryFolder.with { folder in
      let texts = [17 << 20, 1, 2, 18 << 20, 3].map { String(repeating: "\u{E9}", count: $0 / 2 + 1) }
      let job = try job(folder, texts.enumerated().map { line("pos", 0, $0.offset, content: $0.element) })
      let made = try DatasetMaker(directory: folder.path + "/out").make(job)
      for path in [made.folder, made.file] {
        let rows = try ReadDataset(DatasetSource(path: path, name: job.name)).rows
        #expect(rows.map { $0.messages[0].utf8.count } == texts.map { $0.utf8.count + 6 })
      }
      let sample = try #require(made.contents?.sample)
      #expect(sample.utf8.count < 2 << 20 && sample.contains("\u{E9} ...") && !sample.contains("\u{FFFD}"))
    }
  }
}
