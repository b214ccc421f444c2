import ChatTemplates
import Datasets
import Support
import TestSupport
import Testing

/// Paths, patterns and names lead to the sources that they mean, under the names that results have.
struct LookupTests {
  private static let line = "{\"text\":\"a\"}\n"

  private func names(
    _ argument: String, _ change: (inout SourceLookup) -> Void = { _ in }
  ) throws -> [String] {
    var lookup = SourceLookup(folder: "/nowhere")
    lookup.model = "m"
    change(&lookup)
    return try lookup.sources(argument).map { "\($0.name) \($0.files.count)" }
  }

  @Test("names are made of paths, and splits and sides are parts of them")
  func naming() throws {
    try Scratch.with { folder in
      try folder.file("my chats__v2.jsonl.gz", TextFiles.gzip(Array(Self.line.utf8)))
      #expect(try names(folder.path("my chats__v2.jsonl.gz")) == ["m__dataset__my-chats_v2 1"])
      #expect(try names(folder.path("my chats__v2.jsonl.gz")) { $0.name = "x y" } == ["m__dataset__x-y 1"])
      try folder.file("pairs.jsonl", "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n")
      #expect(
        try names(folder.path("pairs.jsonl")) == ["m__dataset__pairs__chosen 1", "m__dataset__pairs__rejected 1"])
      try folder.file("q__role__x.jsonl", Self.line)
      #expect(try names(folder.path("q__role__x.jsonl")) == ["q__role__x 1"])
      #expect(throws: InputError.self) { try names(folder.path("pairs.jsonl")) { $0.model = nil } }
    }
  }

  @Test("what lists of texts are taken for is said")
  func listsOfTexts() throws {
    try Scratch.with { folder in
      var lookup = SourceLookup(folder: "/nowhere")
      lookup.model = "m"
      let path = try folder.file("x.jsonl", "{\"id\":\"0\",\"data\":[\"a\",\"b\"]}\n")
      _ = try lookup.sources(path)
      let words = "rows are read as conversations of data, texts of a user and an assistant in turn"
      #expect(lookup.notices == ["\(path): \(words)"])
    }
  }

  @Test("empty lists do not tell what a column lists")
  func emptyLists() throws {
    try Scratch.with { folder in
      for column in ["data", "conversations"] {
        var lookup = SourceLookup(folder: "/nowhere")
        lookup.model = "m"
        let path = try folder.file("\(column).jsonl", "{\"\(column)\":[]}\n{\"\(column)\":[\"a\",\"b\"]}\n")
        let source = try #require(try lookup.sources(path).first)
        let words = "rows are read as conversations of \(column), texts of a user and an assistant in turn"
        #expect(lookup.notices == ["\(path): \(words)"])
        var reader = try DatasetReader(source)
        let batch = try #require(try reader.nextBatch())
        var messages: [ChatMessage] = []
        #expect(throws: InputError.self) { try batch.readMessages(of: 0, into: &messages) }
        try batch.readMessages(of: 1, into: &messages)
        #expect(batch.count == 2 && messages.map(\.role.name) == ["user", "assistant"])
      }
    }
  }

  @Test("parts of a message are told of where its content is read in their place")
  func unreadParts() throws {
    try Scratch.with { folder in
      for (content, isTold) in [(#""content":"","#, true), (#""content":null,"#, false), ("", false)] {
        var lookup = SourceLookup(folder: "/nowhere")
        lookup.model = "m"
        let row = #"{"messages":[{"role":"user",\#(content)"parts":[{"text":"a"}]}]}"#
        let path = try folder.file("x\(row.utf8.count).jsonl", row + "\n")
        _ = try lookup.sources(path)
        #expect(lookup.notices == (isTold ? ["\(path): members of messages beside the known ones: parts"] : []))
      }
    }
  }

  @Test("a request to Gemini in one object is a row, and what follows its system message are turns")
  func requests() throws {
    try Scratch.with { folder in
      var lookup = SourceLookup(folder: "/nowhere")
      lookup.model = "m"
      let request = """
        {"contents": [{"role": "user", "parts": [{"text": "a"}]}],
         "systemInstruction": {"parts": [{"text": "s"}]}, "generationConfig": {"stopSequences": ["x"]}}
        """
      let path = try folder.file("x.json", request)
      let source = try #require(try lookup.sources(path).first)
      var reader = try DatasetReader(source)
      let batch = try #require(try reader.nextBatch())
      var messages: [ChatMessage] = []
      try batch.readMessages(of: 0, into: &messages)
      #expect(batch.count == 1 && messages.map(\.role.name) == ["system", "user"])
    }
  }

  @Test("shards are one dataset, a split of them an entry")
  func shards() throws {
    try Scratch.with { folder in
      for shard in 0..<3 {
        try folder.file("hub/data/train-0000\(shard)-of-00003.jsonl", Self.line)
        try folder.file("spark/part-0000\(shard)-ab-c000.jsonl", Self.line)
      }
      try folder.file("hub/README.md", "# data")
      #expect(try names(folder.path("hub")) == ["m__dataset__hub 3"])
      #expect(try names(folder.path("spark")) == ["m__dataset__spark 3"])
      #expect(try names(folder.path("hub/data/*.jsonl")) == ["m__dataset__data 3"])
      try folder.file("hub/data/test-00000-of-00001.jsonl", Self.line)
      #expect(try names(folder.path("hub")) == ["m__dataset__hub__test 1", "m__dataset__hub__train 3"])
      #expect(try names(folder.path("hub")) { $0.split = "test" } == ["m__dataset__hub__test 1"])
      #expect {
        try names(folder.path("hub")) { $0.split = "dev" }
      } throws: { "\($0)".hasSuffix("has no split dev; the splits are test, train") }
      try folder.file("cut/train-00001-of-00002.jsonl", Self.line)
      #expect { try names(folder.path("cut")) } throws: { "\($0)".hasSuffix("shard 0 of 2 of train is missing") }
      try folder.file("many/train-0000-of-\(Int.max).jsonl", Self.line)
      #expect {
        try names(folder.path("many"))
      } throws: { "\($0)".hasSuffix("shard 1 of \(Int.max) of train is missing, and \(Int.max - 2) more are") }
    }
  }

  @Test("folders of splits, and folders of files")
  func folders() throws {
    try Scratch.with { folder in
      try folder.file("a/train/x.jsonl", Self.line)
      try folder.file("a/test/x.jsonl", Self.line)
      #expect(try names(folder.path("a")) == ["m__dataset__a__test 1", "m__dataset__a__train 1"])
      try folder.file("b/one.jsonl", Self.line)
      try folder.file("b/two.csv", "text\na\n")
      try folder.file("b/LICENSE", "x")
      #expect(try names(folder.path("b")) == ["m__dataset__one 1", "m__dataset__two 1"])
      #expect(try names(folder.path("b/*.*")) == ["m__dataset__one 1", "m__dataset__two 1"])
      try folder.file("none/README.md", "x")
      #expect { try names(folder.path("none")) } throws: { "\($0)".hasSuffix("the folder holds no data") }
      #expect { try names(folder.path("*.nothing")) } throws: { ($0 as? InputError)?.kind == .missing }
    }
  }

  @Test("folders as save_to_disk writes them are read with all their splits")
  func saved() throws {
    try Scratch.with { folder in
      for split in ["train", "test"] {
        try folder.copy(Fixtures.dataset("m__role__int32") + "/train", to: "d/\(split)")
      }
      try folder.file("d/dataset_dict.json", #"{"splits": ["train", "test"]}"#)
      #expect(try names(folder.path("d")) == ["m__dataset__d__train 1", "m__dataset__d__test 1"])
      try folder.copy(Fixtures.dataset("m__role__int32"), to: "q__role__x")
      #expect(try names(folder.path("q__role__x")) == ["q__role__x 1"])
      // A folder in which something has such a name is a collection.
      #expect(try names(folder.path) == ["q__role__x 1"])
    }
  }

  @Test("LLaMA-Factory's description of a file is its shape")
  func described() throws {
    try Scratch.with { folder in
      try folder.file(
        "dataset_info.json",
        """
        {"mine": {"file_name": "x.json", "formatting": "sharegpt", "columns": {"messages": "talk"},
          "tags": {"role_tag": "who", "content_tag": "what", "user_tag": "me", "assistant_tag": "it"}}}
        """)
      try folder.file("x.json", #"[{"talk": [{"who": "me", "what": "a"}, {"who": "it", "what": "b"}]}]"#)
      var lookup = SourceLookup(folder: folder.path)
      lookup.model = "m"
      let source = try #require(try lookup.sources(folder.path("x.json")).first)
      #expect(try ReadDataset(source).rows.map(\.messages) == [["user: a", "assistant: b"]])
    }
  }

  @Test("files in a folder data that are described one by one, or of several kinds, are datasets of their own")
  func filesInDataFolders() throws {
    try Scratch.with { folder in
      try folder.file("own/data/x.json", #"[{"talk":[{"role":"user","content":"a"}]}]"#)
      try folder.file("own/data/y.json", #"[{"text":"a"}]"#)
      #expect(try names(folder.path("own")) { $0.isLines = true } == ["m__dataset__own 2"])
      let entry = #"{"file_name":"x.json","formatting":"sharegpt","columns":{"messages":"talk"}}"#
      try folder.file("own/data/dataset_info.json", #"{"mine":\#(entry)}"#)
      for place in ["own", "own/data", "own/data/*.json"] {
        #expect(try names(folder.path(place)) == ["m__dataset__x 1", "m__dataset__y 1"], "\(place)")
      }
      var lookup = SourceLookup(folder: folder.path)
      lookup.model = "m"
      _ = try lookup.sources(folder.path("own/data/*.json"))
      let words = "dataset_info.json: passed over, it describes the files beside it"
      #expect(lookup.notices.contains { $0.hasSuffix(words) }, "\(lookup.notices)")
      // The shell expands a pattern to several arguments; by itself the description is no data.
      let description = folder.path("own/data/dataset_info.json")
      #expect(try names(description) { $0.isOneOfSeveral = true }.isEmpty)
      #expect(throws: InputError.self) { try names(description) }

      try folder.file("kinds/data/a.json", #"[{"text":"a"}]"#)
      try folder.file("kinds/data/b.jsonl", Self.line)
      try folder.file("kinds/data/c.jsonl", Self.line)
      #expect(try names(folder.path("kinds")) == ["m__dataset__a 1", "m__dataset__b 1", "m__dataset__c 1"])
      try folder.file("alike/data/b.jsonl", Self.line)
      try folder.file("alike/data/c.jsonl", Self.line)
      #expect(try names(folder.path("alike")) == ["m__dataset__alike 2"])
    }
  }
}
