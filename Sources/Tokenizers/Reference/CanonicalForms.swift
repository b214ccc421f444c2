import CTokenizerKernels

/// Unicode normalization as a list of changes, with the data of the reference's versions of Unicode.
///
/// A character that takes the place of another has the change 0, one that comes from the same source character as the one
/// before it 1, a composite minus the number of further characters that it takes in.
enum CanonicalForms {
  /// The canonical or compatibility decomposition of a text, in canonical order.
  ///
  /// - Complexity: O(*n* log *n*) for *n* characters, O(*n*) where runs of marks are short.
  static func decomposed(_ text: AlignedText, compatibility: Bool) -> [AlignedText.Change] {
    var changes: [AlignedText.Change] = []
    text.forEachScalar { scalar, _, _ in
      var change = 0
      decompose(scalar, compatibility: compatibility) { part in
        changes.append((part, change))
        change = 1
      }
    }
    order(&changes)
    return changes
  }

  private static func decompose(_ scalar: UInt32, compatibility: Bool, _ body: (UInt32) -> Void) {
    if scalar < 0x80 { return body(scalar) }
    if compatibility, let parts = PropertyTables.compatibility[scalar] { return parts.forEach(body) }
    if Hangul.syllables.contains(scalar) { return Hangul.decompose(scalar, body) }
    var count: UInt32 = 0
    guard let parts = unicode_nfc_decomposition_of(scalar, &count) else { return body(scalar) }
    for part in UnsafeBufferPointer(start: parts, count: Int(count)) { body(part) }
  }

  private static func combiningClass(_ scalar: UInt32) -> UInt8 { unicode_nfc_trait_of(scalar).combining_class }

  /// Sorts each run of marks by combining class; marks of one class stay in order.
  private static func order(_ changes: inout [AlignedText.Change]) {
    var start = 0
    while start < changes.count {
      guard combiningClass(changes[start].scalar) != 0 else {
        start += 1
        continue
      }
      let end = changes[start...].firstIndex { combiningClass($0.scalar) == 0 } ?? changes.count
      if end - start > 1 {
        let ordered = changes[start..<end].enumerated().sorted {
          let (left, right) = (combiningClass($0.element.scalar), combiningClass($1.element.scalar))
          return left != right ? left < right : $0.offset < $1.offset
        }
        changes.replaceSubrange(start..<end, with: ordered.map(\.element))
      }
      start = end
    }
  }

  /// Composes a decomposed text.
  ///
  /// - Complexity: O(*n*).
  static func composed(_ changes: [AlignedText.Change]) -> [AlignedText.Change] {
    var result: [AlignedText.Change] = []
    result.reserveCapacity(changes.count)
    var starter: Int?
    // The class of the last mark kept since the starter; nil if the starter is the last character kept.
    var lastClass: UInt8?
    for (scalar, change) in changes {
      let combiningClass = combiningClass(scalar)
      if let starter, lastClass.map({ $0 < combiningClass }) ?? true,
        let composite = composite(result[starter].scalar, scalar)
      {
        result[starter] = (composite, result[starter].change + change - 1)
        continue
      }
      if combiningClass == 0 {
        starter = result.count
        lastClass = nil
      } else {
        lastClass = combiningClass
      }
      result.append((scalar, change))
    }
    return result
  }

  private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let syllable = Hangul.composite(first, second) { return syllable }
    let composite = unicode_nfc_composite_of(first, second)
    return composite == 0 ? nil : composite
  }
}
