import CTokenizerKernels

/// What must be seen to before the segments of a text can be counted.
struct CountingRules: Sendable {
  private let model: BytePairModel
  private let kernels: CountingKernels
  private let normalizes: Bool
  /// The bytes that added tokens begin with; newlines, tabs and U+2581 left out.
  let markers: (UInt8, UInt8)

  /// A stretch that is counted without looking at its neighbours.
  struct Separator {
    let start: Int
    let end: Int
    let tokens: Int
  }

  init(_ model: BytePairModel, kernels: CountingKernels) {
    self.model = model
    self.kernels = kernels
    normalizes = model.family == .qwen3 || model.family == .qwen25
    let ignored: Set<UInt8> = model.usesCharacters ? [0x09, 0x0A, 0xE2] : []
    let first = model.matcher.firstBytes.filter { !ignored.contains($0) }
    markers = (first.first ?? 0, first.last ?? 0)
  }

  /// Looks for what needs care; returns `bk_survey` flags.
  @inline(__always)
  func survey(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    kernels.functions.pointee.survey(
      text.baseAddress, text.count, markers.0, markers.1, model.usesCharacters ? 1 : 0)
  }

  /// The longest text that 32-bit positions can address.
  private static let maximumCount = Int(Int32.max) - 4096

  /// What a text needs before its segments can be counted.
  enum Preparation {
    /// Nothing: it is valid and normalised.
    case nothing
    /// Its segments must be normalised.
    case normalization
    /// What is no UTF-8 must be replaced.
    case repair
    /// It must be encoded character by character.
    case encoding
  }

  /// What `text` needs before its segments can be counted.
  func preparation(for text: UnsafeBufferPointer<UInt8>, survey: UInt32) -> Preparation {
    guard text.count <= Self.maximumCount else { return .encoding }
    guard survey & UInt32(BK_SURVEY_NON_ASCII.rawValue) != 0 else { return .nothing }
    guard kernels.isValidUTF8(text) else { return .repair }
    if model.usesCharacters {
      let holdsMarks = survey & UInt32(BK_SURVEY_SPACE_MARK.rawValue) != 0 && GemmaText.holdsSpaceMark(text)
      return holdsMarks ? .encoding : .nothing
    }
    guard normalizes, survey & UInt32(BK_SURVEY_BEYOND_LATIN.rawValue) != 0 else { return .nothing }
    if kernels.functions.pointee.is_settled(text.baseAddress, text.count) != 0 { return .nothing }
    return Normalizer.isNormalized(RawSpan(_unsafeElements: text)) ? .nothing : .normalization
  }

  /// Whether there may be separators.
  func hasSeparators(_ survey: UInt32) -> Bool {
    let flags =
      model.usesCharacters ? BK_SURVEY_MARKER.rawValue | BK_SURVEY_LONG_RUN.rawValue : BK_SURVEY_MARKER.rawValue
    return survey & UInt32(flags) != 0
  }

  /// The first separator at `position` or later: an added token, or for Gemma a long run of one kind of white space.
  func nextSeparator(
    in text: UnsafeBufferPointer<UInt8>, from position: Int, survey: UInt32, markers: inout MarkerCursor
  ) -> Separator? {
    if model.usesCharacters, survey & UInt32(BK_SURVEY_LONG_RUN.rawValue) != 0 {
      return nextSeparatorOrRun(in: text, from: position)
    }
    var start = position
    while let candidate = markers.next(in: text, from: start) {
      if let match = model.matcher.match(in: text, at: candidate) {
        return Separator(start: candidate, end: match.range.upperBound, tokens: 1)
      }
      start = candidate + 1
    }
    return nil
  }

  private func nextSeparatorOrRun(in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Separator? {
    var start = position
    while start < text.count {
      switch text[start] {
      case markers.0, markers.1:
        if let match = model.matcher.match(in: text, at: start) {
          return Separator(start: start, end: match.range.upperBound, tokens: 1)
        }
        start += 1
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"):
        let end = runEnd(text, start)
        if end - start > GemmaText.longestSpaceRun { return runSeparator(text[start], start..<end) }
        start = end
      default: start += 1
      }
    }
    return nil
  }

  private func runEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var end = start + 1
    while end < text.count, text[end] == text[start] { end += 1 }
    return end
  }

  /// The part of a long run that surely is tokens of 31 and one of the rest.
  private func runSeparator(_ byte: UInt8, _ run: Range<Int>) -> Separator {
    let (full, rest) = run.count.quotientAndRemainder(dividingBy: GemmaText.longestSpaceRun)
    // A space that is left goes with the next word; a tab alone is no added token, but a token all the same.
    if rest == 1, byte == UInt8(ascii: " ") {
      return Separator(start: run.lowerBound, end: run.upperBound - 1, tokens: full)
    }
    return Separator(start: run.lowerBound, end: run.upperBound, tokens: full + (rest > 0 ? 1 : 0))
  }
}
