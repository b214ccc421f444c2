import Foundation

/// What the reference does with every code point, written by Scripts/dump_reference_unicode.py.
struct UnicodeReference: Decodable {
  struct Random: Decodable {
    let seed: UInt64
    let strings: Int
    let alphabet: [UInt32]
    let digests: [String]
  }

  let letter: [UInt32]
  let number: [UInt32]
  let space: [UInt32]
  let combining: [[UInt32]]
  let changed: [[UInt32]]
  let compositions: [[UInt32]]
  let random: Random

  static func load() throws -> UnicodeReference {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/unicode_reference.json")
    return try JSONDecoder().decode(UnicodeReference.self, from: Data(contentsOf: url))
  }

  /// One entry for each code point of a flat list of first and last ones.
  static func members(_ ranges: [UInt32]) -> [Bool] {
    var members = [Bool](repeating: false, count: 0x11_0000)
    for index in stride(from: 0, to: ranges.count, by: 2) {
      for codePoint in ranges[index]...ranges[index + 1] {
        members[Int(codePoint)] = true
      }
    }
    return members
  }
}
