/// Case conversion of whole texts; the result is computed, and keeps its origin where all came from one input.
enum TextCase {
  static func convert(_ text: JinjaText, _ method: TextMethod) -> JinjaText {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    let points = withExtendedLifetime(text.storage) { PythonText.points(text.bytes) }
    switch method {
    case .upper: for point in points { PythonText.append(point, in: .upper, to: &bytes) }
    case .capitalize:
      for index in points.indices {
        if index == 0 {
          PythonText.append(points[0], in: .title, to: &bytes)
        } else {
          PythonText.appendLower(points, index, to: &bytes)
        }
      }
    case .title: appendTitle(points, to: &bytes)
    case .swapcase:
      for (index, point) in points.enumerated() {
        if PythonText.isUpper(point) {
          PythonText.appendLower(points, index, to: &bytes)
        } else if PythonText.isLower(point) {
          PythonText.append(point, in: .upper, to: &bytes)
        } else {
          PythonText.append(point, to: &bytes)
        }
      }
    case .casefold: for point in points { CaseFolding.append(point, to: &bytes) }
    default: for index in points.indices { PythonText.appendLower(points, index, to: &bytes) }
    }
    return JinjaText(bytes, origin: text.computedOrigin)
  }

  /// `str.title`: a letter after a letter is lower case.
  private static func appendTitle(_ points: [UInt32], to bytes: inout [UInt8]) {
    var isAfterLetter = false
    for (index, point) in points.enumerated() {
      if isAfterLetter {
        PythonText.appendLower(points, index, to: &bytes)
      } else {
        PythonText.append(point, in: .title, to: &bytes)
      }
      isAfterLetter = PythonText.isCased(point)
    }
  }

  /// The filter `title`: the first character of each word in upper case, the others in lower case.
  static func titleWords(_ text: JinjaText) -> JinjaText {
    let points = withExtendedLifetime(text.storage) { PythonText.points(text.bytes) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var word: [UInt32] = []
    var isSeparator: Bool?
    func flush() {
      guard let first = word.first else { return }
      PythonText.append(first, in: .upper, to: &bytes)
      let rest = Array(word.dropFirst())
      for index in rest.indices { PythonText.appendLower(rest, index, to: &bytes) }
      word.removeAll()
    }
    for point in points {
      let separates = PythonText.isSpace(point) || [0x2D, 0x28, 0x7B, 0x5B, 0x3C].contains(point)
      if separates != isSeparator { flush() }
      isSeparator = separates
      word.append(point)
    }
    flush()
    return JinjaText(bytes, origin: text.computedOrigin)
  }
}

/// Unicode's full case folding, as `str.casefold` has it.
enum CaseFolding {
  /// Code points whose folding is another one than their lower case. Cherokee letters fold to upper case.
  static func append(_ point: UInt32, to bytes: inout [UInt8]) {
    switch point {
    case 0x131, 0x13A0...0x13F5: PythonText.append(point, to: &bytes)
    case 0x13F8...0x13FD, 0xAB70...0xABBF: PythonText.append(point, in: .upper, to: &bytes)
    case 0x1E9E, 0xDF: bytes += Array("ss".utf8)
    case 0x130: bytes += [0x69, 0xCC, 0x87]
    default:
      guard point >= 0x80 else { return PythonText.append(point, in: .lower, to: &bytes) }
      // Folding maps what is equal in upper case to one text: the lower case of the upper case.
      var upper: [UInt8] = []
      PythonText.append(point, in: .upper, to: &upper)
      for part in upper.withUnsafeBytes({ PythonText.points($0) }) {
        PythonText.append(part, in: .lower, to: &bytes)
      }
    }
  }
}

/// The tests of `str` for kinds of characters.
enum TextClass {
  static func holds(_ method: TextMethod, _ text: JinjaText) -> Bool {
    let points = withExtendedLifetime(text.storage) { PythonText.points(text.bytes) }
    switch method {
    case .isascii: return points.allSatisfy { $0 < 0x80 }
    case .isprintable: return points.allSatisfy(PythonText.isPrintable)
    case .islower: return isCased(points, PythonText.isLower, against: PythonText.isUpper)
    case .isupper: return isCased(points, PythonText.isUpper, against: PythonText.isLower)
    case .istitle: return isTitle(points)
    case .isidentifier:
      guard let first = points.first, first == 0x5F || PythonText.properties(first)?.isXIDStart ?? false else {
        return false
      }
      return points.allSatisfy { PythonText.properties($0)?.isXIDContinue ?? false }
    default:
      guard !points.isEmpty else { return false }
      return points.allSatisfy { point in
        switch method {
        case .isalnum: PythonText.isAlphanumeric(point)
        case .isalpha: PythonText.isAlphabetic(point)
        case .isdecimal: PythonText.isDecimal(point)
        case .isdigit: PythonText.isDigit(point)
        case .isnumeric: PythonText.isNumeric(point)
        default: PythonText.isSpace(point)
        }
      }
    }
  }

  private static func isCased(
    _ points: [UInt32], _ wanted: (UInt32) -> Bool, against other: (UInt32) -> Bool
  ) -> Bool {
    points.contains(where: wanted) && !points.contains { other($0) || PythonText.isTitle($0) }
  }

  private static func isTitle(_ points: [UInt32]) -> Bool {
    var isCased = false
    var isAfterCased = false
    for point in points {
      if PythonText.isUpper(point) || PythonText.isTitle(point) {
        if isAfterCased { return false }
        isAfterCased = true
        isCased = true
      } else if PythonText.isLower(point) {
        if !isAfterCased { return false }
        isCased = true
      } else {
        isAfterCased = false
      }
    }
    return isCased
  }
}
