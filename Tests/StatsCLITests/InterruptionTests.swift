import Foundation
import JSON
import TestSupport
import Testing

/// What a signal leaves behind.
@Suite struct InterruptionTests {
  @Test(
    "an interrupted analysis ends with 130, keeps what is finished and goes on from there",
    arguments: [SIGINT, SIGTERM])
  func interrupt(signal: Int32) throws {
    let scratch = try Scratch()
    try manyDatasets(in: scratch, count: 2_000)
    let arguments = [
      "analyze", "--dataset-dir", "datasets", "--output-json", "t.json", "--no-plots", "--progress", "none", "--jobs",
      "1",
    ]
    let partials = scratch.folder.appending(path: "t.json.partials")
    let result = try Program.run(arguments, in: scratch.folder) { process in
      // The first partial result shows that counting has begun.
      while process.isRunning, (try? FileManager.default.contentsOfDirectory(atPath: partials.path))?.isEmpty ?? true {
        usleep(200)
      }
      kill(process.processIdentifier, signal)
    }
    #expect(result.status == 130)
    #expect(result.errors.hasPrefix("error: interrupted; "))
    let kept = try FileManager.default.contentsOfDirectory(atPath: partials.path)
    #expect((1..<2_000).contains(kept.count))
    #expect(kept.allSatisfy { $0.hasSuffix(".json") }, "nothing half-written is left")
    let rest = try Program.run(arguments + ["--json"], in: scratch.folder)
    #expect(rest.status == 0)
    let report = try JSONValue.parse(rest.output)
    #expect(report["taken_over"] == .number(kept.count))
    #expect(report["counted"] == .number(2_000 - kept.count))
  }

  @Test("an interrupted split ends with 130 and leaves nothing behind")
  func interruptedSplit() throws {
    let scratch = try Scratch()
    try manyDatasets(in: scratch, count: 2_000)
    let arguments = ["split", "--dataset-dir", "datasets", "--output-dir", "s", "--jobs", "1"]
    let result = try Program.run(arguments, in: scratch.folder) { process in
      // Whatever it is at by then, 2,000 datasets are not yet counted.
      usleep(30_000)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(result.status == 130, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["datasets"])
  }

  private func manyDatasets(in scratch: Scratch, count: Int) throws {
    let demo = Program.packageFolder.appending(path: "Demo/datasets/processed/persona")
    let source = try Data(contentsOf: demo.appending(path: "llama-3.3-70b__trait__curious.parquet"))
    for number in 0..<count { try scratch.file("datasets/llama-3.3-70b__trait__copy\(number).parquet", source) }
  }
}
