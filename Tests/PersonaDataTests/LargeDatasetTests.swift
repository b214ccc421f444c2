import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Datasets
@testable import PersonaData

/// Datasets with many keys or very long records are made as all others are.
struct LargeDatasetTests {
  private static let labels = ["pos", "neg", "\u{E9}", "e\u{301}", "a_p1"]

  private func line(_ label: String, _ prompt: Int, _ question: Int, content: String = "Hi") -> String {
    #"{"system_prompt": null, "label": "\#(label)", "prompt_index": \#(prompt), "question_index": \#(question), "#
      + #""conversation": [{"role": "user", "content": "\#(content)"}], "question": "Q"}"#
  }

  private func job(_ folder: Scratch, _ lines: [String], scores: String? = nil) throws -> GenerationJob {
    try folder.file("raw/m/traits_240/responses/calm.jsonl", lines.joined(separator: "\n"))
    if let scores { try folder.file("raw/m/traits_240/extract_scores/calm.json", scores) }
    let archive = try PersonaArchive(path: folder.path + "/raw")
    return try GenerationJob(archive.persona(model: "m", type: .trait, named: "calm"))
  }

  private func index(using generator: inout SplitMix) -> Int {
    Int.random(in: 0..<20, using: &generator) > 0
      ? Int.random(in: 0..<25, using: &generator) : ([-1, .max, .min].randomElement(using: &generator) ?? 0)
  }

  private func name(using generator: inout SplitMix) -> (label: String, prompt: Int, question: Int) {
    (Self.labels.randomElement(using: &generator) ?? "", index(using: &generator), index(using: &generator))
  }

  /// Scores of every kind, some of them for records that are not there.
  private func scores(using generator: inout SplitMix) -> String {
    let values = ["50", "0", "100", "200", "-1", "null", #""REFUSAL""#, #""high""#, "7.0", "7.5", #""8""#]
    let members = (0..<2000).map { number in
      let (label, prompt, question) = name(using: &generator)
      let name = number % 50 == 0 ? "odd \(number % 150)" : "\(label)_p\(prompt)_q\(question)"
      return "\"\(name)\": \(values.randomElement(using: &generator) ?? "")"
    }
    return "{\(members.joined(separator: ", "))}"
  }

  @Test("odd scores, repeated keys and names without a record are counted by kind in a large dataset")
  func reports() throws {
    try Scratch.with { folder in
      var generator = SplitMix(state: 2000)
      let lines = (0..<3000).map { _ in
        let (label, prompt, question) = name(using: &generator)
        return line(label, prompt, question)
      }
      let job = try job(folder, lines, scores: scores(using: &generator))
      let contents = try #require(try DatasetMaker(directory: folder.path + "/out").make(job).contents)
      #expect(contents.rows == 3000)
      #expect(contents.report.duplicates > 500 && contents.report.unusedScores > 300)
      #expect(contents.report.outOfRangeScores > 100 && contents.report.unreadableScores > 100)
      #expect(contents.labels.count == Self.labels.count && contents.scoredRows > 500)
    }
  }

  @Test("records are noted anew where the rows are written again")
  func secondPass() throws {
    try Scratch.with { folder in
      let lines = (0..<500).map { line("pos", 0, $0 % 400) }
      let scores = (0..<500).map { "\"neg_p0_q\($0)\": 1" }.joined(separator: ",")
      let job = try job(folder, lines, scores: "{\(scores)}")
      let report = try #require(try DatasetMaker(directory: folder.path + "/out").make(job).contents?.report)
      #expect(report.duplicates == 100 && report.unusedScores == 500)
      #expect(report.duplicateExamples.first == "pos_p0_q0 (lines 1 and 401)")
    }
  }

  @Test("more labels than memory is meant for are an error that names the line")
  func manyLabels() throws {
    try Scratch.with { folder in
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
    try Scratch.with { folder in
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
