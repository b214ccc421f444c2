import Support
import Testing

@Suite("Searches by bytes")
struct ByteSearchTests {
  @Test("A part is found where its bytes are, and only there")
  func finding() {
    #expect("a-of-b".contains(bytesOf: "-of-"))
    #expect(!"a-o-f-b".contains(bytesOf: "-of-"))
    #expect("aaab".contains(bytesOf: "aab"))
    #expect("text".contains(bytesOf: ""))
    #expect(!"".contains(bytesOf: "x"))
    // A letter and its mark are the same character as the composed letter, and other bytes.
    #expect(!"e\u{301}".contains(bytesOf: "\u{E9}"))
    // A mark behind the part is no part of it, though it joins the part's last character.
    #expect("-of-\u{301}".contains(bytesOf: "-of-"))
    #expect("päivää".dropFirst().firstRange(ofBytes: "ää") != nil)
  }

  @Test("Pieces and separators make the text again")
  func splitting() {
    for text in ["", "__", "a", "a__b", "__a__b__", "a____b", "a___b", "ä__ö"] {
      let pieces = text.split(atBytesOf: "__")
      #expect(pieces.joined(separator: "__") == text)
      #expect(!pieces.contains { $0.contains(bytesOf: "__") })
    }
    #expect("a___b".split(atBytesOf: "__") == ["a", "_b"])
    #expect("train-00000-of-00002".split(atBytesOf: "-of-").map(String.init) == ["train-00000", "00002"])
  }
}
