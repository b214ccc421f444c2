import Datasets
import JSON
import Support
import TestSupport
import Testing

/// A folder is looked through once, and what is in it is told.
struct DirectoryTests {
  @Test("every dataset once, the folder before the file, the rest with a notice")
  func scan() throws {
    try Scratch.with { folder in
      let fixture = try Fixtures.dataset("m__role__int32")
      try folder.copy(fixture, to: "b__role__x")
      try folder.file("b__role__x.parquet", "")
      try folder.copy(fixture, to: "a__trait__y__pos")
      try folder.file("a__role__z.parquet", "zzz")
      try folder.file("a__role__unfinished/train/data.arrow", "")
      try folder.file("a__role__unfinished.parquet", "")
      try folder.file("notes.txt", "")
      try folder.file("plots/x.png", "")
      try folder.file(".hidden", "")
      let directory = try DatasetDirectory.scan(folder.path)
      #expect(
        directory.datasets.map { "\($0.name) \($0.format.rawValue)" }
          == ["a__role__unfinished parquet", "a__role__z parquet", "a__trait__y__pos arrow", "b__role__x arrow"])
      #expect(
        directory.notices == [
          "notes.txt: passed over, it is neither a dataset folder nor a .parquet file",
          "plots: passed over, the folder is no dataset",
          "a__role__unfinished: passed over, the folder holds no dataset; a__role__unfinished.parquet is read instead",
        ])
      #expect(directory.failures.isEmpty)
      #expect(directory.models == ["a", "b"])
      #expect(directory.datasets[1].bytes == 3)
      #expect(directory.datasets[3].files == [folder.path + "/b__role__x/train/data-00000-of-00001.arrow"])
      #expect(try DatasetDirectory.scan(folder.path, models: ["b"]).datasets.map(\.name.model) == ["b"])
    }
  }

  @Test("a folder of one split, as Dataset.save_to_disk writes it")
  func splitFolder() throws {
    try Scratch.with { folder in
      try folder.copy(Fixtures.dataset("m__role__int32") + "/train", to: "m__role__x")
      let directory = try DatasetDirectory.scan(folder.path)
      #expect(directory.datasets.map(\.name.description) == ["m__role__x"])
    }
  }

  @Test("datasets that cannot be read do not hide the others")
  func failures() throws {
    try Scratch.with { folder in
      try folder.file("oddname.parquet", "")
      try folder.file("m__role__a/train/x", "")
      try folder.file("m__role__b/dataset_dict.json", #"{"splits": ["test", "dev"]}"#)
      try folder.file("m__role__c/dataset_dict.json", "{")
      try folder.file("m__role__d/dataset_dict.json", #"{"splits": ["train"]}"#)
      try folder.file("m__role__d/train/state.json", #"{"_data_files": [{"filename": "x.arrow"}]}"#)
      try folder.file("m__role__e/dataset_dict.json", #"{"splits": ["train"]}"#)
      try folder.file("m__role__e/train/state.json", #"{"_data_files": [{"filename": "../../x.arrow"}]}"#)
      try folder.copy(Fixtures.dataset("m__role__int32"), to: "m__role__z")
      let directory = try DatasetDirectory.scan(folder.path)
      #expect(directory.datasets.map(\.name.subject) == ["z"])
      let path = folder.path
      let damage = try #require(throws: FileError.self) { try JSONDocument.parse(Array("{".utf8)) }
      #expect(
        directory.failures.map(\.description) == [
          "m__role__a: \(path)/m__role__a holds neither dataset_dict.json nor state.json; it may be half-written",
          "m__role__b: \(path)/m__role__b/dataset_dict.json names no split train; it has test, dev",
          "m__role__c: \(path)/m__role__c/dataset_dict.json: \(damage)",
          "m__role__d: the data file \(path)/m__role__d/train/x.arrow is missing",
          "m__role__e: \(path)/m__role__e/train/state.json holds a data file without a plain file name",
          "oddname.parquet: \"oddname\" is no dataset name: there is no \"__\" in it; expected "
            + DatasetName.grammar,
        ])
    }
  }

  @Test("folders without datasets")
  func nothing() throws {
    try Scratch.with { folder in
      let missing = folder.path + "/none"
      #expect(throws: InputError(.missing, dataset: missing, "there is no such folder")) {
        try DatasetDirectory.scan(missing)
      }
      let file = try folder.file("notes.txt", "")
      #expect(throws: InputError(.missing, dataset: file, "this is a file, no folder")) {
        try DatasetDirectory.scan(file)
      }
      let grammar = DatasetName.grammar
      #expect(
        throws: InputError(.nothingFound, dataset: folder.path, "the folder holds no datasets (\(grammar))")
      ) { try DatasetDirectory.scan(folder.path) }
      try folder.file("m__role__x.parquet", "")
      try folder.file("n__role__x.parquet", "")
      #expect(
        throws: InputError(
          .nothingFound, dataset: folder.path, "no dataset of k, l; there are datasets of m, n")
      ) { try DatasetDirectory.scan(folder.path, models: ["k", "l"]) }
    }
  }
}
