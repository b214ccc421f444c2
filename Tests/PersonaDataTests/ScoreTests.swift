import Support
import Foundation
import JSON
import TestSupport
import Testing

@testable import Datasets
@testable import PersonaData

/// Files of scores are read as Python's json module reads them.
struct ScoreTests {
  /// What a table holds of a file, copied.
  private struct Summary {
    var counts: [Int] = []
    var unreadable: [String] = []
    var outside: [String] = []
    var unused: [String] = []
    var unusedCount = 0
    var digest = ""
  }

  private func summary(_ path: String, range: ClosedRange<Int>) throws -> Summary {
    var table = ScoreTable(dataset: "d")
    try table.read(path)
    let (outside, unused) = table.survey(range)
    return Summary(
      counts: [table.scoreCount, table.nullCount, table.refusalCount, table.unreadableCount, table.unusedCount],
      unreadable: table.unreadableExamples, outside: outside.texts, unused: unused.texts, unusedCount: unused.count,
      digest: table.digest.hex)
  }

  /// All members of a text as `name = value`.
  private func members(_ text: [UInt8]) throws -> [String] {
    var reader = try ScoreReader(text.span.bytes)
    var members: [String] = []
    while let value = try reader.next() { members.append("\(String(decoding: reader.name, as: UTF8.self)) = \(value)") }
    return members
  }

  /// The same of the whole text.
  private func members(of text: String) throws -> [String] {
    let object = try #require(try JSONValue.parse(text).objectValue)
    return object.members.map { "\($0.key) = \(ScoreValue($0.value))" }
  }

  @Test(
    "names of records",
    arguments: [
      ("pos_p0_q239", 3, 0, 239), ("a_p1_p2_q3", 4, 2, 3), ("_p0_q0", 0, 0, 0), ("x_p-1_q-20", 1, -1, -20),
      ("x_p9223372036854775807_q-9223372036854775808", 1, Int.max, Int.min),
    ])
  func names(text: String, labelLength: Int, prompt: Int, question: Int) {
    let bytes = Array(text.utf8)
    let name = ScoreName(bytes.span.bytes)
    #expect(name?.labelLength == labelLength && name?.promptIndex == prompt && name?.questionIndex == question)
  }

  @Test(
    "names that no record can have",
    arguments: [
      "pos_p0", "pos_p_q1", "", "pos_p0_q", "q1", "p1_q1", "x_p00_q1", "x_p1_q01", "x_p-0_q1", "x_p1_q-", "x_p+1_q1",
      "x_p9223372036854775808_q1", "x_p1_q-9223372036854775809", "x_p1_q10000000000000000000", "x_p1_q1 ",
      "x_p1_q18446744073709551617",
    ])
  func oddNames(text: String) {
    let bytes = Array(text.utf8)
    let name = ScoreName(bytes.span.bytes)
    #expect(name == nil)
  }

  @Test("numbers in every form, what is none is counted by kind")
  func kinds() throws {
    try Scratch.with { folder in
      let path = try folder.file(
        "x.json",
        #"{"pos_p0_q0": 3, "pos_p0_q1": 2.0, "pos_p0_q2": "1", "pos_p0_q3": "REFUSAL", "pos_p0_q4": null,"#
          + #" "pos_p0_q5": 2.5, "pos_p0_q6": "high", "odd": 1, "p\u006fs_p1_q1": "1", "odd": "x"}"#)
      let found = try summary(path, range: 2...3)
      #expect(found.counts == [4, 1, 1, 2, 9] && found.unusedCount == 9)
      #expect(found.unreadable == ["pos_p0_q5 = 2.5", #"pos_p0_q6 = "high""#])
      let bytes = try Files.read(path)
      let digest = SHA256Digest.of(bytes.span.bytes).hex
      #expect(found.digest == digest)
      #expect(found.outside == ["pos_p0_q2 = 1", "pos_p1_q1 = 1"])
      #expect(found.unused.prefix(2) == ["odd", "pos_p0_q0"])
    }
  }

  @Test("of a name that is there twice the later value counts, in the place of the first")
  func repeated() throws {
    try Scratch.with { folder in
      let path = try folder.file(
        "t.json",
        #"{"a_p0_q0": null, "b_p0_q1": "x", "a_p0_q0": 3, "a_p0_q1": 1, "a_p0_q1": 2, "odd": 1, "odd": 1, "c_p0_q0": 1,"#
          + #" "d_p0_q0": "y", "c_p0_q0": "REFUSAL", "e_p0_q0": 7, "b_p0_q1": "z", "d_p0_q0": 9, "f_p0_q0": "w", "#
          + #""e_p0_q0": [1]}"#)
      let found = try summary(path, range: 0...100)
      #expect(found.counts == [3, 0, 1, 3, 8] && found.unusedCount == 8)
      #expect(found.unreadable == [#"b_p0_q1 = "z""#, "e_p0_q0 = [1]", #"f_p0_q0 = "w""#])
    }
  }

  private static let document =
    #" {"pos_p0_q0": 3 , "x": 2.0, "é\n\"_p0_q1":"1,}", "s": {"a": [1, {"b": "}"}], "c": null}, "t": [ ], "#
    + #""u\\": true,"": false, "w":-12, "\ud83d\ude00": 1e2, "v" : "REFUSAL" , "n":null, "i": 92233720368547758080} "#

  @Test("members of every form are read as the reader of values reads them, and damaged texts refused as it does")
  func damaged() throws {
    #expect(try members(Array(Self.document.utf8)) == members(of: Self.document))
    for text in ["{}", " { } ", "{\"a\":1}", "{\"\":1,\"b\":{}}"] {
      #expect(try members(Array(text.utf8)) == members(of: text))
    }
    var generator = SplitMix(state: 3)
    let document = Array(Self.document.utf8)
    for round in 0..<400 {
      var bytes = document
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch round % 3 {
      case 0: bytes.removeSubrange(place...)
      case 1: bytes.remove(at: place)
      default: bytes[place] = Array("{}[],:\"\\x1 n\n".utf8).randomElement(using: &generator) ?? 0
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        let value = try JSONValue.parse(bytes)
        guard value.objectValue != nil else { continue }
        // A name may be there twice now.
        let found = try members(bytes)
        #expect(try Set(members(of: text)).isSubset(of: found), "\(text)")
      } catch let error as FileError {
        let found = #expect(throws: FileError.self, "\(text)") { try members(bytes) }
        // What does not begin with an object is refused at once.
        #expect(found == error || found?.offset ?? 2 <= 1, "\(text)")
      }
    }
  }

  @Test("what is no object is named")
  func others() throws {
    try Scratch.with { folder in
      for (text, kind) in [("[]", "an array"), (" 1.5", "a number"), ("\"{\"", "a string"), ("null", "null")] {
        let path = try folder.file("y.json", text)
        let message = "\(path) is \(kind); an object of scores is expected"
        #expect(throws: InputError(.unreadable, dataset: "d", message)) { try summary(path, range: 0...1) }
      }
      for (text, reason) in [
        ("", "byte 0: the text ends where an object was expected"),
        ("{\"a\": 1,}", "byte 8: a member's name was expected"),
        ("{\"a_p0_q0\": 1} x", "byte 15: unexpected text after the value"),
      ] {
        let path = try folder.file("z.json", text)
        let message = "\(path): not valid JSON at \(reason)"
        #expect(throws: InputError(.unreadable, dataset: "d", message)) { try summary(path, range: 0...1) }
      }
    }
  }
}
