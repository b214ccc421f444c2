/// Texts that are the same on every run.
struct SampleTexts {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number from 0 up to `limit` (SplitMix64).
  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: (mixed ^ mixed >> 31) % UInt64(max(1, limit)))
  }

  /// Letters in the order of their frequency in English.
  private static let letters = Array("etaoinshrdlucmfwypvbgkqjxz")

  /// A made-up word; frequent letters come up more often.
  mutating func word() -> String {
    String((0..<2 + below(9)).map { _ in Self.letters[min(below(26), below(26))] })
  }

  /// Words of a vocabulary of `vocabulary` words, early ones more often, with some commas and full stops.
  mutating func prose(bytes: Int, vocabulary: Int) -> [UInt8] {
    let words = (0..<vocabulary).map { _ in Array(word().utf8) }
    var text: [UInt8] = []
    while text.count < bytes {
      text += words[min(below(vocabulary), below(vocabulary), below(vocabulary))]
      let stop = below(20)
      if stop < 2 { text.append(UInt8(ascii: stop == 0 ? "," : ".")) }
      text.append(UInt8(ascii: " "))
    }
    return text
  }

  /// Turns of phrase that come again and again, as in the answers of a model.
  mutating func answers(bytes: Int) -> [UInt8] {
    let words = (0..<2_000).map { _ in word() }
    let phrases = (0..<6_000).map { _ in
      (0..<2 + below(4)).map { _ in words[min(below(2_000), below(2_000), below(2_000))] }.joined(separator: " ")
    }
    var text: [UInt8] = []
    while text.count < bytes { text += (phrases[min(below(6_000), below(6_000))] + " ").utf8 }
    return text
  }

  /// Words that hardly ever come twice.
  mutating func newWords(_ count: Int) -> [UInt8] {
    Array((0..<count).map { _ in word() + word() }.joined(separator: " ").utf8)
  }

  /// A space and a letter, again and again: pretokens that are one token each and are looked up nowhere.
  mutating func singleLetters(bytes: Int) -> [UInt8] {
    (0..<bytes / 2).flatMap { _ in [UInt8(ascii: " "), UInt8(ascii: "a") + UInt8(truncatingIfNeeded: below(26))] }
  }

  /// Words whose accents follow their letters, as in normalization form D.
  mutating func decomposed(bytes: Int) -> [UInt8] {
    let marks = ["\u{300}", "\u{301}", "\u{302}", "\u{303}", "\u{308}"]
    var text = ""
    while text.utf8.count < bytes {
      for letter in word() {
        text.unicodeScalars.append(contentsOf: String(letter).unicodeScalars)
        if below(4) == 0 { text.unicodeScalars.append(contentsOf: marks[below(marks.count)].unicodeScalars) }
      }
      text.unicodeScalars.append(" ")
    }
    return Array(text.utf8)
  }
}
