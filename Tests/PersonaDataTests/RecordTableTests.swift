import Support
import TestSupport
import Testing

@testable import Datasets
@testable import PersonaData

/// What is known of a key is kept however large the table becomes.
struct RecordTableTests {
  private static func randomKey(using generator: inout SplitMix) -> RecordKey {
    let numbers = [0, 1, -1, .max, .min, 240, 1 << 40]
    func index() -> Int {
      Bool.random(using: &generator)
        ? Int.random(in: 0..<60, using: &generator) : (numbers.randomElement(using: &generator) ?? 0)
    }
    let label = [0, 1, RecordEntry.labelLimit - 1, RecordEntry.oddLabel].randomElement(using: &generator) ?? 0
    return RecordKey(label: label, promptIndex: index(), questionIndex: index())
  }

  @Test("entries are those of a dictionary")
  func entries() {
    var generator = SplitMix(state: 7)
    var table = RecordTable()
    var expected: [[Int]: (score: Int?, line: Int)] = [:]
    for line in 1...20_000 {
      let key = Self.randomKey(using: &generator)
      let name = [key.label, key.promptIndex, key.questionIndex]
      let score = Int.random(in: -2...2, using: &generator) * (.max / 2)
      let setsLine = Bool.random(using: &generator)
      let before = table.update(key) { entry in
        if setsLine { entry.line = line } else { entry.set(.number, score: score) }
      }
      #expect(before.score == expected[name]?.score && before.line == expected[name]?.line ?? 0)
      #expect(before.key == key)
      if setsLine {
        expected[name, default: (nil, 0)].line = line
      } else {
        expected[name, default: (nil, 0)].score = score
      }
    }
    let count = table.count
    #expect(count == expected.count && count > 2 << 11)
    var seen = 0
    table.forEach { entry in
      let known = expected[[entry.key.label, entry.key.promptIndex, entry.key.questionIndex]]
      #expect(entry.score == known?.score && entry.line == known?.line)
      seen += 1
    }
    #expect(seen == expected.count)
    table.forgetLines()
    for name in expected.keys {
      let key = RecordKey(label: name[0], promptIndex: name[1], questionIndex: name[2])
      let entry = table.entry(key)
      #expect(entry?.line == 0 && entry?.score == expected[name]?.score)
    }
    let missing = table.entry(RecordKey(label: 3, promptIndex: 3, questionIndex: 3))
    #expect(missing == nil)
  }

  @Test("labels are numbered in the order of appearance, by their bytes; too many and too long ones are refused")
  func labels() throws {
    var table = LabelTable()
    func number(_ label: String) throws -> Int { try table.number(of: Array(label.utf8).span.bytes) }
    // The second and the third are the same text to Swift.
    for (label, expected) in [("pos", 0), ("\u{E9}", 1), ("e\u{301}", 2), ("", 3), ("\u{E9}", 1), ("pos", 0), ("", 3)] {
      #expect(try number(label) == expected)
    }
    #expect(table.labels.map { Array($0.utf8) } == ["pos", "\u{E9}", "e\u{301}", ""].map { Array($0.utf8) })
    var tally = LabelTally()
    for label in [2, 0, 2] { tally.add(label) }
    #expect(tally.counts(table).map(\.rows) == [2, 1] && tally.counts(table)[1].label == "pos")
    for index in 4..<RecordEntry.labelLimit { #expect(try number("\(index)") == index) }
    #expect(throws: FileError.self) { try number("one more") }
    #expect(try number("pos") == 0)
    var other = LabelTable()
    let long = [UInt8](repeating: 0x61, count: LabelTable.byteLimit)
    #expect(try other.number(of: long.span.bytes) == 0)
    #expect(throws: FileError.self) { try other.number(of: ([0x61] as [UInt8]).span.bytes) }
  }

  @Test("the first texts are those of a sorted list")
  func smallestTexts() {
    var generator = SplitMix(state: 11)
    for limit in [1, 3, 10] {
      var smallest = SmallestTexts(limit: limit)
      let texts = (0..<200).map { _ in
        let letter = ["a", "B", "\u{E9}"].randomElement(using: &generator) ?? ""
        return letter + "\(Int.random(in: 0..<99, using: &generator))"
      }
      for text in texts { smallest.add(text) }
      #expect(smallest.count == 200 && smallest.texts == Array(texts.sorted().prefix(limit)))
    }
  }
}
