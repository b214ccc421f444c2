import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenizers

/// The tables hold what the reference does with every code point, as it was observed independently.
@Suite struct PropertyTableTests {
  struct Probe: Decodable {
    let sets: [String: [[UInt32]]]
    let lowercase: [String: String]
  }

  private static func probe() throws -> Probe? {
    try SharedFolder.data("models/unicode_probe.json", suite: "PropertyTableTests").map {
      try JSONDecoder().decode(Probe.self, from: $0)
    }
  }

  /// The sets of the probe by the names that the tables know them by.
  private static func set(_ name: String) -> UnicodeSet? {
    let name = name.hasPrefix("onig ") ? String(name.dropFirst(5)) : name
    switch name {
    case "BertPreTokenizer isolates", "Punctuation isolates": return PropertyTables.punctuation
    case "BertPreTokenizer removes", "Whitespace removes", "WhitespaceSplit removes", "Strip removes":
      return PropertyTables.whiteSpace
    case "Digits isolates": return PropertyTables.numeric
    case "StripAccents removes": return PropertyTables.combiningMarks
    case "Bert clean_text removes": return PropertyTables.controls
    default: break
    }
    if name.hasPrefix("\\p{") { return PropertyTables.property(Array(name.dropFirst(3).dropLast().utf8)) }
    if name.hasPrefix("[[:") { return PropertyTables.set(named: String(name.dropFirst().dropLast())) }
    return PropertyTables.set(named: name)
  }

  @Test func setsAreThoseOfTheProbe() throws {
    guard let probe = try Self.probe() else { return }
    var compared = 0
    for (name, ranges) in probe.sets {
      guard let set = Self.set(name) else { continue }
      // Surrogates are no characters; both sides may count them as they like.
      let expected = ranges.flatMap { $0[0]...$0[1] }.filter { !(0xD800...0xDFFF).contains($0) }
      let found = set.ranges.flatMap { $0 }.filter { !(0xD800...0xDFFF).contains($0) }
      #expect(found == expected, "\(name)")
      compared += 1
    }
    #expect(compared >= 40)
  }

  @Test func wordsAreThoseOfTheProbe() throws {
    guard let probe = try Self.probe(), let isolated = probe.sets["Whitespace isolates"] else { return }
    let others = Set(isolated.flatMap { $0[0]...$0[1] })
    for scalar in (0..<0x11_0000 as Range<UInt32>) where !(0xD800...0xDFFF).contains(scalar) {
      let isWord = !others.contains(scalar) && !PropertyTables.whiteSpace.contains(scalar)
      #expect(PropertyTables.word.contains(scalar) == isWord, "U+\(String(scalar, radix: 16))")
    }
  }

  @Test func lowerCaseIsThatOfTheProbe() throws {
    guard let probe = try Self.probe() else { return }
    #expect(PropertyTables.lowercase.count == probe.lowercase.count)
    for (code, lower) in probe.lowercase {
      let scalar = try #require(UInt32(code, radix: 16))
      #expect(PropertyTables.lowercase[scalar] == lower.unicodeScalars.first?.value, "U+\(code)")
    }
  }

  @Test func namesIgnoreCaseSpacesAndSigns() {
    let letters = PropertyTables.property(Array("L".utf8))
    #expect(letters != nil)
    #expect(PropertyTables.property(Array("l e-t_TER".utf8)) == letters)
    #expect(PropertyTables.property(Array("Klingon".utf8)) == nil)
  }
}
