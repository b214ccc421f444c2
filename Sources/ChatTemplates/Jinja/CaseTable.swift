/// What code points beyond ASCII become in another case, by the full mapping without language.
///
/// The standard library makes a string for every question, which takes most of the time that long texts need; all answers
/// are asked for once.
struct CaseTable: Sendable {
  /// The bytes of a mapping, at most seven, and their number in the highest byte.
  private struct Mapping {
    private let packed: UInt64

    init?(_ text: String) {
      var word: UInt64 = 0
      var count: UInt64 = 0
      for byte in text.utf8 {
        guard count < 7 else { return nil }
        word |= UInt64(byte) << (8 * count)
        count += 1
      }
      packed = word | count << 56
    }

    func append(to bytes: inout [UInt8]) {
      for index in 0..<packed >> 56 { bytes.append(UInt8(truncatingIfNeeded: packed >> (8 * index))) }
    }
  }

  /// The mappings of the code points that have any.
  private var mappings: [UInt32: (lower: Mapping, upper: Mapping, title: Mapping)] = [:]

  static let shared = CaseTable()

  private init() {
    for point in UInt32(0x80)...Self.lastCased {
      guard let properties = PythonText.properties(point), properties.isCased || properties.changesWhenCaseMapped else {
        continue
      }
      func mapping(_ text: String) -> Mapping? {
        // A mapping to a code point that came later is none.
        let isKnown = text.unicodeScalars.allSatisfy { PythonText.properties($0.value) != nil }
        return Mapping(isKnown ? text : String(Character(Unicode.Scalar(point) ?? "\u{FFFD}")))
      }
      guard let lower = mapping(properties.lowercaseMapping), let upper = mapping(properties.uppercaseMapping),
        let title = mapping(properties.titlecaseMapping)
      else { continue }
      mappings[point] = (lower, upper, title)
    }
  }

  /// No later code point has cases in Unicode 14: the last ones are letters of Adlam.
  private static let lastCased: UInt32 = 0x1E943

  /// Appends a code point in another case.
  func append(_ point: UInt32, in target: PythonText.Case, to bytes: inout [UInt8]) {
    guard let mapping = mappings[point] else { return PythonText.append(point, to: &bytes) }
    switch target {
    case .lower: mapping.lower.append(to: &bytes)
    case .upper: mapping.upper.append(to: &bytes)
    case .title: mapping.title.append(to: &bytes)
    }
  }
}
