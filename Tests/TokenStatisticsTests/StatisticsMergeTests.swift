import JSON
import Support
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Merging documents")
struct StatisticsMergeTests {
  /// Writes a document with the sample's datasets in `range` and their checkpoints.
  private static func write(_ path: String, _ range: Range<Int>, settings: RunSettings = Fixtures.settings) throws {
    try Files.makeDirectories(Files.parent(of: path))
    var document = StatisticsDocument(path: path)
    try document.adopt(settings, force: false)
    let store = CheckpointStore(document: path)
    try store.prepare()
    for rows in try Fixtures.rows()[range] {
      let checkpoint = Fixtures.checkpoint(rows)
      var summary = checkpoint.summary
      summary.plot = "plots/\(rows.dataset).png"
      document.set(summary)
      try store.save(checkpoint)
    }
    document.setErrors(of: "e\(range.lowerBound)", message: "cannot read")
    document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    try document.write()
  }

  @Test("Merged parts are the whole, partial results and errors included")
  func parts() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/whole.json", 0..<13)
      try Self.write(folder + "/a/stats.json", 5..<13)
      try Self.write(folder + "/b.json", 0..<6)
      let merge = try StatisticsMerge([folder + "/a/stats.json", folder + "/b.json"], into: folder + "/all.json")
      #expect(merge.withoutCheckpoints.isEmpty)
      try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      let merged = try #require(try StatisticsDocument.load(folder + "/all.json"))
      let whole = try #require(try StatisticsDocument.load(folder + "/whole.json"))
      #expect(merged.datasetNames == whole.datasetNames)
      for (a, b) in zip(try merged.summaries(), try whole.summaries()) {
        var a = a
        a.plot = b.plot
        #expect(a == b)
      }
      #expect(merged.errors == ["e0: cannot read", "e5: cannot read"])
      let name = whole.datasetNames[12]
      #expect(try merged.summary(of: name)?.plot == "a/plots/\(name).png")
      let store = CheckpointStore(document: folder + "/all.json")
      #expect(try store.datasets().count == 13)
      #expect(try store.load(name) == CheckpointStore(document: folder + "/whole.json").load(name))
    }
  }

  @Test("Some datasets are merged with what belongs to them, and nothing of the others")
  func some() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/a.json", 0..<5)
      try Self.write(folder + "/b.json", 4..<13)
      let isWanted = { (name: String) in name.hasPrefix("gemma") || name == "e4" }
      let merge = try StatisticsMerge(
        [folder + "/a.json", folder + "/b.json"], into: folder + "/c.json", taking: isWanted)
      try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      let merged = try #require(try StatisticsDocument.load(folder + "/c.json"))
      let names = try Fixtures.rows().map(\.dataset).filter(isWanted).sorted()
      #expect(merged.datasetNames == names && !names.isEmpty)
      #expect(try CheckpointStore(document: folder + "/c.json").datasets() == names)
      #expect(merged.root["metadata"]?["total_datasets"]?.integerValue == names.count)
      #expect(merged.errors == ["e4: cannot read"])
    }
  }

  @Test("A name that leads out of the folder of partial results is refused", arguments: ["../../x", "/x", "..", ""])
  func namesThatArePaths(name: String) throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/a.json", 0..<1)
      let known = try #require(try StatisticsDocument.load(folder + "/a.json")?.datasetNames.first)
      let text = try Files.readText(folder + "/a.json")
      try AtomicFile.write(text.replacing("\"\(known)\":", with: "\"\(name)\":"), to: folder + "/b.json")
      let error = #expect(throws: FileError.self) {
        try StatisticsMerge([folder + "/a.json", folder + "/b.json"], into: folder + "/all.json")
      }
      let reason = "\(folder)/b.json is damaged: cannot use \"\(name)\" as a file name"
      #expect(error?.description.hasPrefix(reason) == true)
    }
  }

  @Test("Only results of the right dataset are linked to", arguments: ["keep", "{}", "other"])
  func foreignPartials(contents: String) throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/a.json", 0..<2)
      let source = CheckpointStore(document: folder + "/a.json")
      let names = try source.datasets()
      let bytes = contents == "other" ? try Files.read(try source.path(of: names[1])) : Array(contents.utf8)
      try AtomicFile.write(bytes, to: try source.path(of: names[0]))
      let merge = try StatisticsMerge([folder + "/a.json"], into: folder + "/all.json")
      let error = #expect(throws: FileError.self) {
        try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      }
      #expect(error?.description.contains(try source.path(of: names[0])) == true)
      #expect(!Files.exists(folder + "/all.json") && !Files.exists(folder + "/all.json.partials"))
    }
  }

  @Test("Checkpoints of an older document do not pass for those of the merged one")
  func staleCheckpoints() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/a.json", 0..<2)
      try Self.write(folder + "/all.json", 0..<2)
      try Files.remove(folder + "/all.json")
      let name = try #require(try StatisticsDocument.load(folder + "/a.json")?.datasetNames.first)
      try Files.remove(try CheckpointStore(document: folder + "/a.json").path(of: name))
      let merge = try StatisticsMerge([folder + "/a.json"], into: folder + "/all.json")
      #expect(merge.withoutCheckpoints == [name])
      try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      #expect(try CheckpointStore(document: folder + "/all.json").load(name) == nil)
    }
  }

  @Test("Different numbers of a dataset are an error that names both documents")
  func contradiction() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/a.json", 0..<2)
      var document = try #require(try StatisticsDocument.load(folder + "/a.json"))
      var summary = try #require(try document.summaries().first)
      summary.all.tokens += 1
      document.set(summary)
      try AtomicFile.write(document.serialized(), to: folder + "/b.json")
      let error = try #require(throws: FileError.self) {
        try StatisticsMerge([folder + "/a.json", folder + "/b.json"], into: folder + "/c.json")
      }
      let place = "\(summary.identity.dataset) has different numbers in \(folder)/a.json and \(folder)/b.json"
      #expect(error.description == "\(place): count it again or leave one of the files out")
      #expect(!Files.exists(folder + "/c.json"))
    }
  }

  @Test("Other settings and missing documents are errors")
  func conflicts() throws {
    try withTemporaryFolder { folder in
      var settings = Fixtures.settings
      settings.limits = [7]
      try Self.write(folder + "/a.json", 0..<2)
      try Self.write(folder + "/b.json", 2..<4, settings: settings)
      for other in ["b.json", "none.json"] {
        let error = try #require(throws: FileError.self) {
          try StatisticsMerge([folder + "/a.json", folder + "/\(other)"], into: folder + "/c.json")
        }
        #expect(error.description.contains(other == "b.json" ? "limits is" : "none.json: there is no such file"))
      }
    }
  }
}
