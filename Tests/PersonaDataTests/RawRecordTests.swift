import CTextKernels
import Foundation
import JSON
import Support
import TestSupport
import Testing

@testable import Datasets
@testable import PersonaData

/// Raw records are read line by line as Python's json module reads them.
struct RawRecordTests {
  static let good = #"""
    {"system_prompt": "S", "label": "pos", "prompt_index": 1, "conversation": [{"role": "user", "content": "Hi"}], \#
    "question_index": 2, "question": "Q"}
    """#

  private func parse(_ line: String) throws -> RawRecord {
    var record = RawRecord()
    let bytes = Array(line.utf8)
    try RecordParser.parse(bytes.span.bytes, into: &record)
    return record
  }

  private func text(_ range: Range<Int>?, of record: RawRecord) -> String? {
    range.map { String(decoding: record.text[$0], as: UTF8.self) }
  }

  @Test("members in any order, unknown ones left out, the later of two counts")
  func members() throws {
    let record = try parse(
      #"""
       { "question" :null,"extra":{"a":[1,-2.5e+3,true,false,null,{}, []],"label":"x"},"label":"a_p1","label":"p\u006fs",
      "conversation":[ {"content":"","role":"system","name":"n"},{"role":"user","content":"x"} ] , "prompt_index":-0,
      "question_index":9223372036854775807,"syst\u0065m_prompt":"" }
      """#.replacingOccurrences(of: "\n", with: " "))
    #expect(record.question == nil)
    #expect(text(record.label, of: record) == "pos")
    #expect(text(record.systemPrompt, of: record) == "")
    #expect(record.promptIndex == 0 && record.questionIndex == .max)
    #expect(record.messages.map { text($0.role, of: record) } == ["system", "user"])
    #expect(record.messages.map { text($0.content, of: record) } == ["", "x"])
    #expect(record.messagesWithMore == 1)
  }

  @Test("texts of every length and alignment, with every escape, as the reader of values reads them")
  func texts() throws {
    var generator = SplitMix(state: 240)
    let pieces = [
      "a", "bcdefgh", "é", "中", "\u{1F600}", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\u0000"#,
      #"\b\f\r\t"#, " ", "\u{7F}", "\u{2028}", "}", "]", ",", ":",
    ]
    for length in 0..<200 {
      let content = (0..<length % 23).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let padding = String(repeating: "x", count: length)
      let record = try parse(Self.good.replacingOccurrences(of: "Hi", with: padding + content))
      let expected = try JSONValue.parse("\"\(padding)\(content)\"").stringValue
      #expect(text(record.messages[0].content, of: record) == expected)
    }
  }

  @Test("the copy of texts for newer processors stops where the plain one does and makes the same of what it takes")
  func kernels() {
    var generator = SplitMix(state: 512)
    let pieces = [
      "a", "some plain text ", "\u{E9}", "\u{1F600}", #"\n"#, #"\\"#, #"\\\\\\"#, #"\""#, #"\/"#, #"\b"#, #"\f"#,
      #"\r"#, #"\t"#, #"\u0041"#, #"\u00e9\u4E2D"#, #"\ud83d\ude00"#,
    ]
    let stops = [
      "\"", "\n", "\0", #"\u12"#, #"\u12g4"#, #"\ud83d"#, #"\ude00"#, #"\udbff\udfff"#, #"\x"#, "\\", "\\\u{E9}",
      #"\\\"#, "\\\n",
    ]
    for round in 0..<20_000 {
      var text = String(repeating: "x", count: round % 70)
      for _ in 0..<Int.random(in: 0...12, using: &generator) { text += pieces.randomElement(using: &generator) ?? "" }
      if round % 3 > 0 { text += stops.randomElement(using: &generator) ?? "" }
      if round % 3 > 1 { text += String(repeating: "y", count: round % 90) }
      let (plain, expected) = Self.copy(text, rk_copy_json_text_baseline)
      let (fast, copied) = Self.copy(text, rk_copy_json_text)
      #expect(fast.taken == plain.taken && fast.is_ascii == plain.is_ascii && copied == expected, "\(text)")
    }
  }

  /// What a kernel makes of a text in memory of just its length.
  private static func copy(
    _ text: String, _ kernel: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?) -> rk_text
  ) -> (rk_text, [UInt8]) {
    let input = Array(text.utf8)
    var result = rk_text()
    var output = [UInt8](repeating: 0, count: input.count + Int(RK_TEXT_PADDING))
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { result = kernel(input.baseAddress, input.count, $0.baseAddress) }
    }
    return (result, Array(output.prefix(result.written)))
  }

  @Test(
    "damaged lines",
    arguments: [
      ("{", "the text ends where a member's name was expected"), ("[]", "an object was expected"),
      (#"{"label" "x"}"#, #"":" was expected"#), (#"{"label": 3}"#, "a text was expected"),
      (#"{"label": "x""#, #"the text ends where "," or "}" was expected"#),
      (#"{"label": "x"#, "the text ends where the end of a text was expected"),
      (#"{"prompt_index": 1.5}"#, "a whole number of 64 bits was expected"),
      (#"{"prompt_index": 01}"#, "this is no number"), (#"{"prompt_index": -}"#, "this is no number"),
      (#"{"prompt_index": 92233720368547758080}"#, "a whole number of 64 bits was expected"),
      (#"{"prompt_index": "1"}"#, "a whole number was expected"), (#"{"x": nul}"#, "a value was expected"),
      (#"{"x": [1,]}"#, "a value was expected"), (#"{"label": "\x"}"#, "this is no escape that JSON knows"),
      (#"{"label": "\u12g4"}"#, "four hexadecimal digits were expected"),
      (#"{"label": "\ud83d"}"#, "half of a surrogate pair without the other"),
      (#"{"label": "\ude00\ud83d"}"#, "half of a surrogate pair without the other"),
      ("{\"label\": \"a\tb\"}", "a control character in a text"),
      (#"{"conversation": [{"role": "user"}]}"#, "message 1 lacks its content"),
      (#"{"conversation": [{"role": "user", "content": null}]}"#, "a text was expected"),
      (#"{"conversation": {}}"#, "a list of messages was expected"), (good + "x", "unexpected text after the value"),
      (good.replacingOccurrences(of: "question\"", with: "quest\""), #""question" is missing"#),
      ("{\"x\": " + String(repeating: "[", count: 600), "values are nested more than 512 deep"),
    ])
  func damaged(line: String, reason: String) {
    let fault = #expect(throws: FileError.self) { try parse(line) }
    #expect(fault?.reason == reason)
  }

  @Test("ill-formed UTF-8 is named by its byte")
  func illFormed() throws {
    var record = RawRecord()
    let bytes = Array(#"{"label": "abcdefghijklm"#.utf8) + [0xC3, 0x28, 0x22, 0x7D]
    let fault = #expect(throws: FileError.self) { try RecordParser.parse(bytes.span.bytes, into: &record) }
    #expect(fault == FileError(notJSON: "the text is not UTF-8", offset: 24))
  }

  @Test("lines are found whatever the block they fall into; blank ones are passed over, the hash covers all")
  func lines() throws {
    try Scratch.with { folder in
      let text = "\n\(Self.good)\r\n  \n{\n\(Self.good)\n\n\(Self.good)"
      let path = try folder.file("x.jsonl", text)
      for blockSize in [1, 7, 64, 1 << 20] {
        var reader = try RecordReader(path: path, blockSize: blockSize)
        var record = RawRecord()
        var lines: [String] = []
        while let entry = try reader.next(into: &record) {
          if case .record = entry {
            lines.append("\(reader.lineNumber)")
          } else {
            lines.append("!\(reader.lineNumber)")
          }
        }
        #expect(lines == ["2", "!4", "5", "7"])
        #expect(reader.byteCount == text.utf8.count)
        let bytes = Array(text.utf8)
        var hash = ContentHash()
        hash.update(bytes.span.bytes)
        #expect(reader.contentHash == hash.value)
      }
    }
  }

  @Test("a line of unusual length keeps no memory, and those around it are read as they are")
  func longLines() throws {
    try Scratch.with { folder in
      let texts = ["a", String(repeating: "b", count: 5 << 20), "c", String(repeating: "d", count: 9 << 20), "e", "f"]
      let lines = texts.map { Self.good.replacingOccurrences(of: "Hi", with: $0) }
      var reader = try RecordReader(path: folder.file("x.jsonl", lines.joined(separator: "\n")))
      var record = RawRecord()
      for content in texts {
        guard case .record = try reader.next(into: &record) else {
          Issue.record("no record")
          return
        }
        #expect(text(record.messages[0].content, of: record) == content)
        record.release()
      }
      #expect(try reader.next(into: &record) == nil)
    }
  }
}
