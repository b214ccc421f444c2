import CTokenizerKernels
import Glibc

/// Finds what a text needs before its segments can be counted: added tokens, normalization, repair.
struct TextPrescan: Sendable {
  private let model: ModelTables
  private let kernels: CountingKernels
  /// The bytes that added tokens begin with, except tokens that are counted with the text and runs of spaces.
  let markers: ByteSet
  /// Whether there are added tokens of two spaces and more.
  let findsSpaceRuns: Bool
  /// For each byte, whether it is in ``markers`` or may begin a long run of white space.
  private let stops: [Bool]

  /// A part of the text that is counted independently of its neighbors.
  struct Separator {
    let start: Int
    let end: Int
    let tokens: Int
    /// The length in bytes of each token but the last.
    let tokenLength: Int
  }

  init(_ model: ModelTables, kernels: CountingKernels) {
    self.model = model
    self.kernels = kernels
    let spaces = model.addedTokens.filter { $0.content.first == UInt8(ascii: " ") }
    findsSpaceRuns = !spaces.isEmpty && spaces.allSatisfy { $0.content.starts(with: AddedTokenScan.twoSpaces) }
    let findsSpaceRuns = findsSpaceRuns
    markers = ByteSet(
      model.addedTokens.lazy.filter { !Self.isCountedWithText($0.content, model) }.compactMap {
        $0.content.first
      }.filter { !findsSpaceRuns || $0 != UInt8(ascii: " ") })
    var stops = [Bool](repeating: false, count: 256)
    for byte in UInt8.min ... .max { stops[Int(byte)] = markers.contains(byte) }
    for byte in " \n\t".utf8 { stops[Int(byte)] = true }
    self.stops = stops
  }

  /// Whether an added token is a run of white space, which text is cut around anyway, or begins with U+2581, for which
  /// `preparation` looks.
  private static func isCountedWithText(_ content: [UInt8], _ model: ModelTables) -> Bool {
    let beginsRun = content.first == UInt8(ascii: "\n") || content.first == UInt8(ascii: "\t")
    return model.mergesCharacters && content.starts(with: SpaceMark.bytes) || model.hasRuns && beginsRun
  }

  /// Looks for what needs special treatment; returns `bk_prescan` flags.
  @inline(__always)
  func prescan(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    kernels.functions.pointee.prescan(
      text.baseAddress, text.count, markers.lowest, markers.highest, model.mergesCharacters ? 1 : 0)
  }

  /// The longest text that 32-bit positions can address.
  private static let maximumCount = Int(Int32.max) - 4096

  /// What a text needs before its segments can be counted.
  enum Preparation {
    /// Nothing: it is valid and normalized.
    case nothing
    /// Its segments must be normalized.
    case normalization
    /// Bytes that are not UTF-8 must be replaced.
    case repair
    /// It must be encoded character by character.
    case encoding
  }

  /// What `text` needs before its segments can be counted.
  func preparation(for text: UnsafeBufferPointer<UInt8>, prescan: UInt32) -> Preparation {
    guard text.count <= Self.maximumCount else { return .encoding }
    guard prescan & UInt32(BK_PRESCAN_NON_ASCII.rawValue) != 0 else { return .nothing }
    guard kernels.isValidUTF8(text) else { return .repair }
    if model.mergesCharacters {
      let holdsMarks = prescan & UInt32(BK_PRESCAN_SPACE_MARK.rawValue) != 0 && SpaceMark.isHeld(by: text)
      return holdsMarks ? .encoding : .nothing
    }
    guard model.normalizes, prescan & UInt32(BK_PRESCAN_BEYOND_LATIN.rawValue) != 0 else { return .nothing }
    if kernels.functions.pointee.is_settled(text.baseAddress, text.count) != 0 { return .nothing }
    return Normalizer.isNormalized(RawSpan(_unsafeElements: text)) ? .nothing : .normalization
  }

  /// Whether there may be separators.
  func hasSeparators(_ prescan: UInt32) -> Bool {
    let flags =
      model.hasRuns ? BK_PRESCAN_MARKER.rawValue | BK_PRESCAN_LONG_RUN.rawValue : BK_PRESCAN_MARKER.rawValue
    // Kernels look for two bytes.
    return prescan & UInt32(flags) != 0 || markers.count > 2 || findsSpaceRuns
  }

  /// The first separator at `position` or later: an added token, or where characters merge a long run of one kind of
  /// white space.
  func nextSeparator(
    in text: UnsafeBufferPointer<UInt8>, from position: Int, prescan: UInt32, markers: inout AddedTokenScan
  ) -> Separator? {
    if model.hasRuns, prescan & UInt32(BK_PRESCAN_LONG_RUN.rawValue) != 0 {
      return nextSeparatorOrRun(in: text, from: position)
    }
    var start = position
    while let candidate = markers.next(in: text, from: start) {
      if let separator = addedToken(in: text, at: candidate, after: position) { return separator }
      start = candidate + 1
    }
    return nil
  }

  private func addedToken(in text: UnsafeBufferPointer<UInt8>, at place: Int, after position: Int) -> Separator? {
    model.matcher.match(in: text, at: place, after: position).map {
      Separator(start: $0.range.lowerBound, end: $0.range.upperBound, tokens: 1, tokenLength: $0.range.count)
    }
  }

  private func nextSeparatorOrRun(in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Separator? {
    stops.withUnsafeBufferPointer { nextSeparatorOrRun(in: text, from: position, stops: $0) }
  }

  private func nextSeparatorOrRun(
    in text: UnsafeBufferPointer<UInt8>, from position: Int, stops: UnsafeBufferPointer<Bool>
  ) -> Separator? {
    var start = position
    while true {
      // Most bytes are neither: one look into the table decides.
      while start < text.count, !stops[Int(text[start])] { start &+= 1 }
      guard start < text.count else { return nil }
      if markers.contains(text[start]) {
        if let separator = addedToken(in: text, at: start, after: position) { return separator }
        start += 1
        continue
      }
      let longest: Int
      switch text[start] {
      case UInt8(ascii: " "): longest = model.runs.space
      case UInt8(ascii: "\n"): longest = model.runs.newline
      default: longest = model.runs.tab
      }
      let end = runEnd(text, start)
      if end - start > longest { return runSeparator(text[start], start..<end, longest: longest) }
      start = end
    }
  }

  private func runEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var end = start + 1
    while end < text.count, text[end] == text[start] { end += 1 }
    return end
  }

  /// The part of a long run that is certainly tokens of the longest runs and one of the rest.
  private func runSeparator(_ byte: UInt8, _ run: Range<Int>, longest: Int) -> Separator {
    let (full, rest) = run.count.quotientAndRemainder(dividingBy: longest)
    // A remaining space belongs to the next word; a single tab is not an added token, but is a token nevertheless.
    if rest == 1, byte == UInt8(ascii: " ") {
      return Separator(start: run.lowerBound, end: run.upperBound - 1, tokens: full, tokenLength: longest)
    }
    return Separator(
      start: run.lowerBound, end: run.upperBound, tokens: full + (rest > 0 ? 1 : 0), tokenLength: longest)
  }
}

/// A set of bytes.
struct ByteSet: Sendable {
  private var bits = SIMD4<UInt64>()
  /// The number of bytes in the set.
  private(set) var count = 0
  /// The lowest bytes of the set.
  private(set) var listed = SIMD8<UInt8>()
  /// How many bytes of a set are listed.
  static let listedCount = 8
  /// The lowest byte of the set; 0 if it is empty.
  private(set) var lowest: UInt8 = 0
  /// The highest byte of the set; 0 if it is empty.
  private(set) var highest: UInt8 = 0

  init(_ bytes: some Sequence<UInt8>) {
    for byte in Set(bytes).sorted() {
      if count == 0 { lowest = byte }
      highest = byte
      if count < Self.listedCount { listed[count] = byte }
      count += 1
      bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }
  }

  /// Whether a byte is in the set.
  @inline(__always)
  func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 }
}

/// Steps through the places in a text where added tokens may begin.
struct AddedTokenScan {
  private let markers: ByteSet
  private let findsSpaceRuns: Bool
  /// The next place of each marker, if there are few.
  private var places = SIMD8<Int>(repeating: -1)
  /// The next place of two spaces.
  private var spaces = -1

  static let twoSpaces: [UInt8] = [0x20, 0x20]

  /// Starts at the beginning of a text.
  ///
  /// - Parameters:
  ///   - markers: The bytes that added tokens begin with.
  ///   - findsSpaceRuns: Whether others begin with two spaces.
  init(_ markers: ByteSet, findsSpaceRuns: Bool = false) {
    self.markers = markers
    self.findsSpaceRuns = findsSpaceRuns
  }

  /// The first marker at `start` or later, or where two spaces are; nil if there is none. `start` never decreases from call
  /// to call.
  mutating func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    let marker = nextMarker(in: text, from: start)
    guard findsSpaceRuns else { return marker }
    if spaces < start { spaces = Self.placeOfSpaces(in: text, from: start) }
    return spaces < text.count ? min(marker ?? spaces, spaces) : marker
  }

  private static func placeOfSpaces(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let bytes = UnsafeRawBufferPointer(text)
    var place = start
    // Eight bytes at a time, of which the last is the first of the next eight.
    while place &+ 8 <= text.count {
      let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ 0x2020_2020_2020_2020
      // The lowest bit that is set is that of a space, others may not be.
      let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if zeros & zeros &>> 8 != 0, let found = firstSpaces(in: text, place..<place &+ 7) { return found }
      place &+= 7
    }
    return firstSpaces(in: text, place..<max(place, text.count &- 1)) ?? text.count
  }

  /// The first place in a range where two spaces begin.
  private static func firstSpaces(in text: UnsafeBufferPointer<UInt8>, _ places: Range<Int>) -> Int? {
    places.first { text[$0] == UInt8(ascii: " ") && text[$0 &+ 1] == UInt8(ascii: " ") }
  }

  private mutating func nextMarker(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard markers.count > 0 else { return nil }
    guard markers.count <= ByteSet.listedCount else { return text[start...].firstIndex(where: markers.contains) }
    var first = text.count
    for number in 0..<markers.count {
      if places[number] < start { places[number] = Self.place(of: markers.listed[number], in: text, from: start) }
      first = min(first, places[number])
    }
    return first < text.count ? first : nil
  }

  /// The first place of a byte; the end of the text if there is none.
  private static func place(of byte: UInt8, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = text.baseAddress, start < text.count,
      let found = memchr(base + start, Int32(byte), text.count - start)
    else { return text.count }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
