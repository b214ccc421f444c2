import ColumnarFiles
import Foundation
import Support
import TestSupport
import Testing

/// The datasets as three versions of the Hugging Face libraries wrote them.
@Suite struct SampleTests {
  @Test("Folder and Parquet file of one dataset hold equal rows, whatever version wrote them")
  func formsAgree() throws {
    guard let sample = SharedFolder.path("corpus/sample", suite: "SampleTests") else { return }
    let names = try FileManager.default.contentsOfDirectory(atPath: sample + "/processed").filter {
      !$0.hasSuffix(".parquet")
    }
    #expect(names.count == 13)
    for name in names {
      let file = "\(name)/train/data-00000-of-00001.arrow"
      let rows = try TableText.rows("\(sample)/processed/\(file)")
      #expect(!rows.isEmpty)
      for version in ["processed", "processed_datasets5", "processed_datasets2.19"] {
        #expect(try TableText.rows("\(sample)/\(version)/\(file)") == rows, "\(version)/\(file)")
        #expect(try TableText.rows("\(sample)/\(version)/\(name).parquet") == rows, "\(version)/\(name).parquet")
      }
      let first = try TableText.rows("\(sample)/processed_v1/\(file)")
      #expect(first.count == rows.count)
      #expect(try TableText.rows("\(sample)/processed_v1/\(name).parquet") == first, "processed_v1/\(name)")
    }
  }
}
