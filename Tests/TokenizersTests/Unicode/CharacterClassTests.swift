import Testing

@testable import Tokenizers

@Suite("Character classes")
struct CharacterClassTests {
  @Test("Every code point has the class that the reference's regular expressions give it")
  func allCodePoints() throws {
    let reference = try UnicodeReference.load()
    let letters = UnicodeReference.members(reference.letter)
    let numbers = UnicodeReference.members(reference.number)
    let spaces = UnicodeReference.members(reference.space)
    var wrong: [UInt32] = []
    for codePoint in UInt32(0)..<0x11_0000 {
      let index = Int(codePoint)
      let isNewline = codePoint == 0x0A || codePoint == 0x0D
      let expected: CharacterClass =
        letters[index] ? .letter : numbers[index] ? .number : isNewline ? .newline : spaces[index] ? .space : .other
      if UnicodeTables.characterClass(of: codePoint) != expected {
        wrong.append(codePoint)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10).map { String($0, radix: 16) })")
    #expect(letters.count { $0 } == 141_028)
    #expect(numbers.count { $0 } == 1_911)
    #expect(spaces.count { $0 } == 25)
  }

  @Test("Numbers that are no code point are other and read nothing outside the tables")
  func beyondUnicode() {
    for number in [0x11_0000, 0x7FFF_FFFF, UInt32.max - 1, UInt32.max] {
      #expect(UnicodeTables.characterClass(of: number) == .other)
    }
  }
}
