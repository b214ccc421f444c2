import Testing

@testable import ChatTemplates

/// The table of cases says what the standard library says.
@Suite struct CaseTableTests {
  /// What a code point becomes by the properties that Unicode 14 gives it.
  private static func mapped(_ scalar: Unicode.Scalar, _ target: PythonText.Case) -> String {
    guard let properties = PythonText.properties(scalar.value) else { return String(Character(scalar)) }
    let text =
      switch target {
      case .lower: properties.lowercaseMapping
      case .upper: properties.uppercaseMapping
      case .title: properties.titlecaseMapping
      }
    let isKnown = text.unicodeScalars.allSatisfy { PythonText.properties($0.value) != nil }
    return isKnown ? text : String(Character(scalar))
  }

  @Test("Code points have the cases that its properties tell")
  func mappings() {
    // Beyond the first two planes nothing has cases, so that every hundredth will do.
    for point in Array(UInt32(0)...0x1_FFFF) + Array(stride(from: 0x2_0000, through: 0x10_FFFF, by: 97)) {
      guard let scalar = Unicode.Scalar(point) else { continue }
      for target in [PythonText.Case.lower, .upper, .title] {
        var bytes: [UInt8] = []
        PythonText.append(point, in: target, to: &bytes)
        if bytes != Array(Self.mapped(scalar, target).utf8) { Issue.record("U+\(String(point, radix: 16)), \(target)") }
      }
    }
  }
}
