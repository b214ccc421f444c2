import Counting
import Foundation
import JSON
import ModelHub
import Support
import Synchronization
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

@Suite("Running again")
struct ResumeTests {
  private static let names = [
    "llama-3.3-70b__role__clockmaker", "qwen-3-32b__role__0_default", "qwen-3-32b__trait__curious",
  ]

  @Test("Unchanged datasets are taken over, changed ones counted, and force counts all")
  func fingerprints() throws {
    guard try TestVocabularies.areHere(suite: "running again") else { return }
    let demo = try DemoDatasets(Self.names)
    #expect(try demo.run().counted == Self.names)
    let first = try demo.root()["datasets"]
    let analysis = try demo.analysis()
    #expect(Self.names.allSatisfy(analysis.isUpToDate))
    #expect(try analysis.run().reused == Self.names)
    #expect(try demo.root()["datasets"] == first)

    // A new time with old bytes is found out by the digest, and only once.
    let touched = demo.data(of: Self.names[1])
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: touched)
    #expect(try demo.analysis().isUpToDate(Self.names[1]))
    #expect(try demo.run().reused == Self.names)

    // Other bytes of the same size.
    var bytes = try Files.read(touched)
    let place = try #require(
      bytes.indices.first {
        bytes[$0...].starts(with: Array("lighthouse".utf8)) || bytes[$0...].starts(with: Array("the ".utf8))
      })
    bytes[place] = UInt8(ascii: "X")
    try AtomicFile.write(bytes, to: touched)
    let again = try demo.run()
    #expect(again.counted == [Self.names[1]] && again.reused == [Self.names[0], Self.names[2]])
    #expect(try demo.run { $0.force = true }.counted == Self.names)
  }

  @Test("A damaged or foreign partial result is counted again")
  func damagedCheckpoint() throws {
    guard try TestVocabularies.areHere(suite: "a damaged partial result") else { return }
    let demo = try DemoDatasets(Self.names)
    _ = try demo.run()
    let store = CheckpointStore(document: demo.document)
    try AtomicFile.write("{", to: try store.path(of: Self.names[0]))
    try AtomicFile.write(Files.read(try store.path(of: Self.names[2])), to: try store.path(of: Self.names[1]))
    let result = try demo.run()
    #expect(result.counted == [Self.names[0], Self.names[1]] && result.reused == [Self.names[2]])
    #expect(result.runNotices.count == 2)
    for (name, notice) in zip(Self.names, result.runNotices) {
      let path = try store.path(of: name)
      #expect(notice.hasPrefix("\(name) is counted again") && notice.contains(path))
    }
    #expect(try demo.run().runNotices.isEmpty)
  }

  @Test("Other settings are an error before counting, and forced they count everything again")
  func settings() throws {
    guard try TestVocabularies.areHere(suite: "other settings") else { return }
    let demo = try DemoDatasets(Self.names)
    _ = try demo.run()
    let before = try Files.read(demo.document)
    let catalog = try ModelCatalog(templateOverrides: ["qwen-3-32b=qwen2.5"])
    let template = try #require(throws: InputError.self) {
      try demo.run { $0.catalog = catalog }
    }
    #expect(template.description.contains("tokenizers.qwen-3-32b.template_sha256"))
    #expect(try Files.read(demo.document) == before)
    let forced = try demo.run {
      $0.catalog = catalog
      $0.force = true
    }
    #expect(forced.counted == Self.names)
    let record = try demo.root()["metadata"]?["tokenizers"]?["qwen-3-32b"]
    #expect(record?["hub_id"] == .string("Qwen/Qwen2.5-7B-Instruct"))
  }

  @Test("Other limits count nothing again and give what a new run gives")
  func limits() throws {
    guard try TestVocabularies.areHere(suite: "other limits") else { return }
    let demo = try DemoDatasets(Self.names)
    _ = try demo.run()
    let fresh = try DemoDatasets(Self.names)
    let counted = try fresh.run { $0.limits = [96, 200] }
    let again = try demo.run { $0.limits = [96, 200] }
    #expect(again.counted.isEmpty && again.reused == Self.names && counted.counted == Self.names)
    #expect(try demo.root()["metadata"]?["limits"] == .array([.integer(96), .integer(200)]))
    for name in Self.names {
      let costs = try #require(try demo.root()["datasets"]?[name]?["over_limit"])
      #expect(costs == (try fresh.root()["datasets"]?[name]?["over_limit"]))
      let first = try #require(costs["96"]?.objectValue)
      for key in ["no_target", "end_lost", "prompt_over", "completion_over", "trained_tokens_lost"] {
        #expect(first[key]?.integerValue != nil, "\(name) \(key)")
      }
      #expect(first["assistant_tokens_lost"] == first["trained_tokens_lost"])
    }
  }

  @Test("Stopped work keeps what is finished, and the next run does only the rest")
  func interruption() throws {
    guard try TestVocabularies.areHere(suite: "interruption") else { return }
    let demo = try DemoDatasets(Self.names)
    let last = Mutex(AnalysisProgress())
    let flag = StopFlag()
    let result = try demo.analysis().run(stop: flag) { progress in
      last.withLock { $0 = progress }
      if progress.finishedDatasets == 1 { flag.request() }
    }
    #expect(result.isInterrupted && result.checkpoints.count == 1)
    #expect(try demo.root()["datasets"]?.objectValue?.count == 1)
    #expect(last.withLock { $0.finishedDatasets } == 1)
    let rest = try demo.run()
    #expect(!rest.isInterrupted && rest.reused.count == 1 && rest.counted.count == 2)
    let whole = try DemoDatasets(Self.names)
    _ = try whole.run()
    #expect(Self.withoutPaths(try demo.root()["datasets"]) == Self.withoutPaths(try whole.root()["datasets"]))
  }

  @Test("Progress counts up to everything")
  func progress() throws {
    guard try TestVocabularies.areHere(suite: "progress") else { return }
    let demo = try DemoDatasets(Self.names)
    let seen = Mutex<[AnalysisProgress]>([])
    let result = try demo.analysis { $0.scan.workers = 2 }.run(progress: { step in seen.withLock { $0.append(step) } })
    let steps = seen.withLock { $0 }
    let last = try #require(steps.last)
    #expect(
      zip(steps, steps.dropFirst()).allSatisfy { $0.tokens <= $1.tokens && $0.finishedDatasets <= $1.finishedDatasets })
    // Work within a dataset counts too.
    let isEven = zip(steps, steps.dropFirst()).allSatisfy { $0.finishedBytes <= $1.finishedBytes }
    #expect(isEven && steps.contains { $0.finishedDatasets == 0 && $0.finishedBytes > 0 && $0.secondsLeft != nil })
    #expect(last.finishedDatasets == 3 && last.totalDatasets == 3 && last.finishedBytes == last.totalBytes)
    #expect(last.tokens == result.checkpoints.reduce(0) { $0 + $1.tally.tokens })
    #expect(last.conversations == result.checkpoints.reduce(0) { $0 + $1.tally.conversations })
    #expect(last.secondsLeft == 0 && last.tokensPerSecond > 0)
    let timings = result.timings
    #expect(timings.loading > 0 && timings.workers.count == 2 && timings.allWorkers.rendering == 0)
    #expect(timings.allWorkers.counting > 0 && timings.allWorkers.hashing > 0)
    #expect(timings.workers.allSatisfy { $0.elapsed + $0.waiting <= timings.working })
  }

  private static func withoutPaths(_ datasets: JSONValue?) -> [String: JSONObject] {
    var entries: [String: JSONObject] = [:]
    for member in datasets?.objectValue?.members ?? [] {
      entries[member.key] = member.value.objectValue
      entries[member.key]?["source"] = nil
    }
    return entries
  }
}
