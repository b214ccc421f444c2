/// Counts tokens by the reference code, but each piece of text only once.
struct PieceCounter: ~Copyable {
  private let reference: ReferenceTokenizer
  private let plan: PiecePlan
  private var cache = PieceCache()
  private var buffers = Buffers()
  private var wordRoom = PlainWords.Room()
  private var modelRoom = PieceModel.Room()
  /// How many texts so far were not UTF-8.
  private(set) var repairCount = 0

  /// Memory that is used again and again.
  private struct Buffers {
    var normalized: [UInt8] = []
    var rewritten: [UInt8] = []
    var parts: [Range<Int>] = []
    var nextParts: [Range<Int>] = []
    var pieces: [Range<Int>] = []
    var matches: [Range<Int>] = []
  }

  init(_ reference: ReferenceTokenizer, _ plan: PiecePlan) {
    self.reference = reference
    self.plan = plan
  }

  /// The number of tokens of `text`.
  ///
  /// - Throws: `TokenizerError` if the text has no tokens by the definition.
  mutating func count(_ text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Int {
    guard UTF8Repair.isValid(text) else {
      repairCount += 1
      var repaired: [UInt8] = []
      UTF8Repair.repair(text, into: &repaired)
      return try repaired.withUnsafeBufferPointer { bytes throws(TokenizerError) in try countValid(bytes) }
    }
    return try countValid(text)
  }

  private mutating func countValid(_ text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Int {
    guard reference.splitter.mayMatch(in: text) else { return try countStretch(text, 0..<text.count) }
    var total = 0
    for piece in try reference.splitter.pieces(of: text, splitsSpecialTokens: false) {
      total += piece.token == nil ? try countStretch(text, piece.range) : 1
    }
    return total
  }

  /// Adds the tokens of `text` to the parts that they begin in.
  ///
  /// - Throws: `TokenizerError` if the text has no tokens by the definition.
  mutating func count(
    _ text: UnsafeBufferPointer<UInt8>, _ counter: inout BorderCounter
  ) throws(TokenizerError) {
    guard UTF8Repair.isValid(text) else {
      repairCount += 1
      return Self.add(try reference.encode(text), to: &counter)
    }
    for piece in try reference.splitter.pieces(of: text, splitsSpecialTokens: false) {
      if piece.token != nil {
        counter.add(1, at: piece.range.lowerBound)
      } else if counter.isWhole(piece.range) {
        counter.add(try countStretch(text, piece.range), at: piece.range.lowerBound)
      } else {
        try countStretch(text, piece.range, &counter)
      }
    }
  }

  private static func add(_ tokens: [ReferenceTokenizer.Token], to counter: inout BorderCounter) {
    for start in tokens.map(\.source.lowerBound).sorted() { counter.add(1, at: start) }
  }

  // MARK: Stretches between added tokens

  private mutating func countStretch(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) throws(TokenizerError) -> Int {
    switch plan.cutting {
    case .words(let borders, let plain):
      var total = 0
      let stretch = UnsafeBufferPointer(rebasing: text[range])
      var position = 0
      while let word = borders.next(in: stretch, from: position) {
        total += try countWord(stretch, word, borders, plain, source: range.lowerBound)
        position = word.upperBound
      }
      return total
    case .preTokens(let steps):
      return try countPreTokens(steps, UnsafeBufferPointer(rebasing: text[range]), isStart: range.lowerBound == 0)
    }
  }

  /// Counts a stretch that borders divide.
  private mutating func countStretch(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ counter: inout BorderCounter
  ) throws(TokenizerError) {
    let stretch = UnsafeBufferPointer(rebasing: text[range])
    let start = range.lowerBound
    switch plan.cutting {
    case .words(let borders, let plain):
      guard borders.keepsSources else {
        var tokens: [ReferenceTokenizer.Token] = []
        try reference.encodeStretch(AlignedText(source: stretch, from: start)) { tokens.append($0) }
        return Self.add(tokens, to: &counter)
      }
      var position = 0
      while let word = borders.next(in: stretch, from: position) {
        let source = start + word.lowerBound..<start + word.upperBound
        if counter.isWhole(source) {
          counter.add(try countWord(stretch, word, borders, plain, source: start), at: source.lowerBound)
        } else {
          var tokens: [ReferenceTokenizer.Token] = []
          try reference.encodeStretch(
            AlignedText(source: UnsafeBufferPointer(rebasing: stretch[word]), from: source.lowerBound)
          ) { tokens.append($0) }
          Self.add(tokens, to: &counter)
        }
        position = word.upperBound
      }
    case .preTokens(let steps):
      var normalized: [UInt8] = []
      guard steps.keepsText, !reference.normalizedSplitter.mayMatch(in: stretch),
        try !steps.rewriter.rewrite(stretch, into: &normalized)
      else {
        var tokens: [ReferenceTokenizer.Token] = []
        try reference.encodeStretch(AlignedText(source: stretch, from: start)) { tokens.append($0) }
        return Self.add(tokens, to: &counter)
      }
      try findParts(steps, stretch)
      var pieces: [Range<Int>] = []
      for part in buffers.parts { try appendPieces(steps, of: part, in: stretch, to: &pieces) }
      for piece in pieces {
        let source = start + piece.lowerBound..<start + piece.upperBound
        if counter.isWhole(source) {
          counter.add(try countPiece(steps, stretch, piece), at: source.lowerBound)
        } else {
          var tokens: [ReferenceTokenizer.Token] = []
          try reference.encodePreTokens(
            of: AlignedText(source: UnsafeBufferPointer(rebasing: stretch[piece]), from: source.lowerBound), steps.rest
          ) { tokens.append($0) }
          Self.add(tokens, to: &counter)
        }
      }
    }
  }

  // MARK: Words

  private mutating func countWord(
    _ stretch: UnsafeBufferPointer<UInt8>, _ word: Range<Int>, _ borders: WordBorders, _ plain: PlainWords?,
    source: Int
  ) throws(TokenizerError) -> Int {
    guard let base = stretch.baseAddress else { return 0 }
    let text = UnsafeBufferPointer(start: base + word.lowerBound, count: word.count)
    let start = source + word.lowerBound
    // At the start of a text a word may have other tokens.
    if borders.dependsOnStart, start == 0 { return try encodeWord(text, from: start) }
    guard PieceCache.lengths.contains(word.count) else { return try countWord(text, plain, from: start) }
    let key = PieceCache.Key(base + word.lowerBound, word.count)
    if let known = cache.value(of: base + word.lowerBound, word.count, key) { return known }
    let count = try countWord(text, plain, from: start)
    cache.insert(base + word.lowerBound, word.count, key, value: count)
    return count
  }

  private mutating func countWord(
    _ word: UnsafeBufferPointer<UInt8>, _ plain: PlainWords?, from start: Int
  ) throws(TokenizerError) -> Int {
    if let count = try plain?.count(word, reference.normalizedSplitter, &wordRoom, &modelRoom) { return count }
    return try encodeWord(word, from: start)
  }

  private func encodeWord(_ word: UnsafeBufferPointer<UInt8>, from start: Int) throws(TokenizerError) -> Int {
    var count = 0
    try reference.encodeStretch(AlignedText(source: word, from: start)) { _ in count += 1 }
    return count
  }

  // MARK: Pre-tokens

  private mutating func countPreTokens(
    _ steps: PiecePlan.PreTokens, _ stretch: UnsafeBufferPointer<UInt8>, isStart: Bool
  ) throws(TokenizerError) -> Int {
    guard !steps.rewriter.isNothing else { return try countNormalized(steps, stretch, isStart: isStart) }
    // Taken out and put back, because counting needs all of the counter.
    var normalized: [UInt8] = []
    swap(&normalized, &buffers.normalized)
    defer { swap(&normalized, &buffers.normalized) }
    guard try steps.rewriter.rewrite(stretch, into: &normalized) else {
      return try countNormalized(steps, stretch, isStart: isStart)
    }
    return try normalized.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try countNormalized(steps, bytes, isStart: isStart)
    }
  }

  private mutating func countNormalized(
    _ steps: PiecePlan.PreTokens, _ text: UnsafeBufferPointer<UInt8>, isStart: Bool
  ) throws(TokenizerError) -> Int {
    guard reference.normalizedSplitter.mayMatch(in: text) else { return try countParts(steps, text, isStart: isStart) }
    var total = 0
    for piece in try reference.normalizedSplitter.pieces(of: text, splitsSpecialTokens: false) {
      if piece.token != nil {
        total += 1
      } else {
        let part = UnsafeBufferPointer(rebasing: text[piece.range])
        total += try countParts(steps, part, isStart: isStart && piece.range.lowerBound == 0)
      }
    }
    return total
  }

  /// Counts normalized text without added tokens.
  private mutating func countParts(
    _ steps: PiecePlan.PreTokens, _ text: UnsafeBufferPointer<UInt8>, isStart: Bool
  ) throws(TokenizerError) -> Int {
    guard !text.isEmpty else { return 0 }
    try findParts(steps, text)
    var parts: [Range<Int>] = []
    swap(&parts, &buffers.parts)
    defer { swap(&parts, &buffers.parts) }
    var pieces: [Range<Int>] = []
    swap(&pieces, &buffers.pieces)
    defer { swap(&pieces, &buffers.pieces) }
    if steps.keepsText {
      pieces.removeAll(keepingCapacity: true)
      for part in parts { try appendPieces(steps, of: part, in: text, to: &pieces) }
      var total = 0
      for piece in pieces { total &+= try countPiece(steps, text, piece) }
      return total
    }
    var rewritten: [UInt8] = []
    swap(&rewritten, &buffers.rewritten)
    defer { swap(&rewritten, &buffers.rewritten) }
    var total = 0
    for part in parts {
      rewritten.removeAll(keepingCapacity: true)
      Self.rewrite(
        steps.rewriting, UnsafeBufferPointer(rebasing: text[part]), isStart: isStart && part.lowerBound == 0,
        into: &rewritten)
      total &+= try rewritten.withUnsafeBufferPointer { bytes throws(TokenizerError) in
        pieces.removeAll(keepingCapacity: true)
        try appendPieces(steps, of: 0..<bytes.count, in: bytes, to: &pieces)
        var total = 0
        for piece in pieces { total &+= try countPiece(steps, bytes, piece) }
        return total
      }
    }
    return total
  }

  /// Leaves what the cuts make of a text in `buffers.parts`.
  private mutating func findParts(
    _ steps: PiecePlan.PreTokens, _ text: UnsafeBufferPointer<UInt8>
  ) throws(TokenizerError) {
    buffers.parts.removeAll(keepingCapacity: true)
    buffers.parts.append(0..<text.count)
    for cut in steps.cuts {
      buffers.nextParts.removeAll(keepingCapacity: true)
      for part in buffers.parts {
        try cut.cut(part, of: text, into: &buffers.nextParts, matches: &buffers.matches)
      }
      swap(&buffers.parts, &buffers.nextParts)
    }
  }

  /// Writes what a step makes of a part before it is cut further.
  private static func rewrite(
    _ rewriting: PiecePlan.PreTokens.Rewriting, _ part: UnsafeBufferPointer<UInt8>, isStart: Bool,
    into result: inout [UInt8]
  ) {
    switch rewriting {
    case .none: result.append(contentsOf: part)
    case .byteLevel(let prefixesSpace, _):
      if prefixesSpace, part.first != 0x20 { result.append(0x20) }
      result.append(contentsOf: part)
    case .metaspace(let options):
      var mark: [UInt8] = []
      UTF8Scalar.append(options.replacement.value, to: &mark)
      let prepends =
        switch options.prependScheme {
        case .always: true
        case .first: isStart
        case .never: false
        }
      if prepends, part.first != 0x20, !part.starts(with: mark) { result += mark }
      for byte in part {
        if byte == 0x20 { result += mark } else { result.append(byte) }
      }
    }
  }

  /// Appends the pieces of a part that is as the last step before cutting leaves it.
  private mutating func appendPieces(
    _ steps: PiecePlan.PreTokens, of part: Range<Int>, in text: UnsafeBufferPointer<UInt8>,
    to pieces: inout [Range<Int>]
  ) throws(TokenizerError) {
    switch steps.rewriting {
    case .byteLevel(_, let cut?): try cut.cut(part, of: text, into: &pieces, matches: &buffers.matches)
    case .byteLevel(_, nil): pieces.append(part)
    case .metaspace(let options) where options.split:
      var mark: [UInt8] = []
      UTF8Scalar.append(options.replacement.value, to: &mark)
      Self.cut(part, of: text, before: mark, into: &pieces) { _ in true }
    case .none, .metaspace:
      if let joiners = steps.markJoiners {
        // A mark after a mark ends with the mark's last byte.
        let last = SpaceMark.bytes[2]
        Self.cut(part, of: text, before: SpaceMark.bytes, into: &pieces) { place in
          let before = text[place &- 1]
          if before == last, place >= 3, text[place &- 3] == SpaceMark.bytes[0], text[place &- 2] == SpaceMark.bytes[1]
          {
            return false
          }
          return !joiners.contains(before)
        }
      } else {
        pieces.append(part)
      }
    }
  }

  /// Cuts before each mark for whose place `isBorder` is true.
  private static func cut(
    _ part: Range<Int>, of text: UnsafeBufferPointer<UInt8>, before mark: [UInt8],
    into pieces: inout [Range<Int>], where isBorder: (Int) -> Bool
  ) {
    mark.withUnsafeBufferPointer { mark in
      var start = part.lowerBound
      var place = start
      while place < part.upperBound {
        guard text[place] == mark[0], isMark(mark, in: text, at: place, end: part.upperBound) else {
          place &+= 1
          continue
        }
        if place > start, isBorder(place) {
          pieces.append(start..<place)
          start = place
        }
        place &+= mark.count
      }
      if start < part.upperBound { pieces.append(start..<part.upperBound) }
    }
  }

  @inline(__always)
  private static func isMark(
    _ mark: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, at place: Int, end: Int
  ) -> Bool {
    guard end &- place >= mark.count else { return false }
    for offset in 0..<mark.count where text[place &+ offset] != mark[offset] { return false }
    return true
  }

  /// Counts a piece, to which the rest of the steps applies.
  @inline(__always)
  private mutating func countPiece(
    _ steps: PiecePlan.PreTokens, _ text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>
  ) throws(TokenizerError) -> Int {
    guard let base = text.baseAddress else { return 0 }
    let start = base + piece.lowerBound
    guard PieceCache.lengths.contains(piece.count) else { return try encodePiece(steps, text, piece) }
    let key = PieceCache.Key(start, piece.count)
    if let known = cache.value(of: start, piece.count, key) { return known }
    let count = try encodePiece(steps, text, piece)
    cache.insert(start, piece.count, key, value: count)
    return count
  }

  @inline(never)
  private mutating func encodePiece(
    _ steps: PiecePlan.PreTokens, _ text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>
  ) throws(TokenizerError) -> Int {
    let bytes = UnsafeBufferPointer(rebasing: text[piece])
    if let model = steps.model, let count = try model.count(bytes, &modelRoom) { return count }
    var count = 0
    try reference.encodePreTokens(of: AlignedText(source: bytes), steps.rest) { _ in count += 1 }
    return count
  }
}
