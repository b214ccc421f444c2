/// What a stretch of text is written in, as far as it makes a difference to tokenizers.
public enum TextScript: String, Sendable, Hashable, CaseIterable, Comparable {
  case latin = "Latin"
  case code = "code"
  case han = "Han"
  case kana = "Kana"
  case hangul = "Hangul"
  case cyrillic = "Cyrillic"
  case greek = "Greek"
  case arabic = "Arabic"
  case hebrew = "Hebrew"
  case devanagari = "Devanagari"
  case bengali = "Bengali"
  case tamil = "Tamil"
  case telugu = "Telugu"
  case thai = "Thai"
  case armenian = "Armenian"
  case georgian = "Georgian"
  case ethiopic = "Ethiopic"
  case emoji = "emoji"
  case other = "other letters"
  case signs = "digits and signs"

  /// The order in which they are listed.
  public static func < (left: TextScript, right: TextScript) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The script of a letter; nil for digits, spaces, punctuation and other signs, which are part of any.
  ///
  /// Stretches after the blocks of Unicode 16, https://www.unicode.org/Public/16.0.0/ucd/Blocks.txt; what is no letter
  /// within them counts with its neighbors.
  init?(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x80 {
      guard value | 0x20 >= 0x61, value | 0x20 <= 0x7A else { return nil }
      self = .latin
      return
    }
    let index = Self.stretches.partitioningIndex { $0.last >= value }
    if index < Self.stretches.count, Self.stretches[index].first <= value {
      let script = Self.stretches[index].script
      guard script == .emoji || Self.isLetter(scalar) else { return nil }
      self = script
    } else {
      guard Self.isLetter(scalar) else { return nil }
      self = .other
    }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark: return true
    default: return false
    }
  }

  private static let stretches: [(first: UInt32, last: UInt32, script: TextScript)] = [
    (0x80, 0x24F, .latin), (0x250, 0x2AF, .latin), (0x370, 0x3FF, .greek), (0x400, 0x52F, .cyrillic),
    (0x530, 0x58F, .armenian), (0x590, 0x5FF, .hebrew), (0x600, 0x6FF, .arabic), (0x750, 0x77F, .arabic),
    (0x8A0, 0x8FF, .arabic), (0x900, 0x97F, .devanagari), (0x980, 0x9FF, .bengali), (0xB80, 0xBFF, .tamil),
    (0xC00, 0xC7F, .telugu), (0xE00, 0xE7F, .thai), (0x10A0, 0x10FF, .georgian), (0x1100, 0x11FF, .hangul),
    (0x1200, 0x139F, .ethiopic), (0x1C80, 0x1C8F, .cyrillic), (0x1C90, 0x1CBF, .georgian), (0x1E00, 0x1EFF, .latin),
    (0x1F00, 0x1FFF, .greek), (0x2600, 0x27BF, .emoji), (0x2C60, 0x2C7F, .latin), (0x2DE0, 0x2DFF, .cyrillic),
    (0x2E80, 0x2FDF, .han), (0x3005, 0x3007, .han), (0x3040, 0x30FF, .kana), (0x3130, 0x318F, .hangul),
    (0x31F0, 0x31FF, .kana), (0x3400, 0x4DBF, .han), (0x4E00, 0x9FFF, .han), (0xA640, 0xA69F, .cyrillic),
    (0xA720, 0xA7FF, .latin), (0xA8E0, 0xA8FF, .devanagari), (0xA960, 0xA97F, .hangul), (0xAB30, 0xAB6F, .latin),
    (0xAC00, 0xD7FF, .hangul), (0xF900, 0xFAFF, .han), (0xFB00, 0xFB06, .latin), (0xFB13, 0xFB17, .armenian),
    (0xFB1D, 0xFB4F, .hebrew), (0xFB50, 0xFDFF, .arabic), (0xFE70, 0xFEFE, .arabic), (0xFF21, 0xFF5A, .latin),
    (0xFF66, 0xFF9F, .kana), (0x1B000, 0x1B16F, .kana), (0x1F000, 0x1FAFF, .emoji), (0x20000, 0x323AF, .han),
  ]
}

extension Array {
  /// The index of the first element for which a condition holds that holds for all after it too.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
