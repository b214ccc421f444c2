/// Counts the tokens of texts.
///
/// A counter caches the counts of pieces of text, so it is faster the more it has seen. It belongs to one thread. What
/// it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  private var compiled: CompiledCounter?
  private var pieces: PieceCounter?
  private let reference: ReferenceTokenizer?
  private let marked: MarkedTextEncoder?
  private var referenceRepairs = 0
  /// How many texts so far have no tokens by their definition, and a count of 0.
  ///
  /// Definitions with a fast path have tokens for every text.
  public private(set) var failureCount = 0
  /// Why the last of these texts has no tokens.
  public private(set) var lastFailure: TokenizerError?

  /// - Parameter marked: Encodes texts with marks; nil where marks mean nothing.
  init(_ tables: ModelTables, kernels: CountingKernels, marked: MarkedTextEncoder? = nil) {
    compiled = CompiledCounter(tables, kernels: kernels)
    pieces = nil
    reference = nil
    self.marked = marked
  }

  /// - Parameters:
  ///   - plan: How text is cut into pieces; nil to count each text as a whole.
  ///   - marked: Encodes texts with marks; nil where marks mean nothing.
  init(_ reference: ReferenceTokenizer, _ plan: PiecePlan?, marked: MarkedTextEncoder? = nil) {
    self.marked = marked
    compiled = nil
    pieces = plan.map { PieceCounter(reference, $0) }
    self.reference = reference
  }

  /// How many texts so far were not UTF-8 and were counted with U+FFFD in the place of what is wrong.
  public var repairCount: Int {
    switch compiled {
    case .some(let compiled): return compiled.repairCount
    case .none: break
    }
    switch pieces {
    case .some(let pieces): return pieces.repairCount
    case .none: return referenceRepairs
    }
  }

  /// The number of tokens of UTF-8 text: what `Tokenizer.encode(_:)` makes of it.
  ///
  /// - Complexity: O(length of the text).
  public mutating func count(_ text: RawSpan) -> Int {
    text.withUnsafeBytes { bytes in
      if let starts = markedStarts(of: bytes) { return starts.count }
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      return compiled?.count(bytes) ?? pieceCount(of: bytes) ?? referenceStarts(of: bytes).count
    }
  }

  /// The number of tokens, 0 for a text that has none by the definition; nil where text is not counted in pieces.
  private mutating func pieceCount(of text: UnsafeBufferPointer<UInt8>) -> Int? {
    do throws(TokenizerError) { return try pieces?.count(text) } catch {
      note(error)
      return 0
    }
  }

  private mutating func note(_ error: TokenizerError) {
    failureCount += 1
    lastFailure = error
  }

  /// Counts the tokens of `text` between borders.
  ///
  /// - Parameters:
  ///   - borders: Ascending byte offsets. They never change how the text is cut into tokens.
  ///   - counts: Replaced by one count for each border, of the tokens whose first source byte is before it and not
  ///     before the previous border, and a last one for the tokens after all borders. The sum is `count(text)`.
  public mutating func count(_ text: RawSpan, borders: [Int], into counts: inout [Int]) {
    var counter = BorderCounter(borders)
    text.withUnsafeBytes { bytes in
      if let starts = markedStarts(of: bytes) {
        for start in starts.sorted() { counter.add(1, at: start) }
        return
      }
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      guard !bytes.isEmpty else { return }
      if compiled?.count(bytes, &counter) != nil { return }
      do throws(TokenizerError) {
        if try pieces?.count(bytes, &counter) != nil { return }
      } catch {
        note(error)
        counter = BorderCounter(borders)
        return
      }
      for start in referenceStarts(of: bytes).sorted() { counter.add(1, at: start) }
    }
    counts = counter.counts
  }

  /// Where in a text with marks the tokens begin; nil where there are no marks that mean something, and where the text is
  /// not UTF-8, which is noted elsewhere.
  private mutating func markedStarts(of text: UnsafeRawBufferPointer) -> [Int]? {
    guard let marked, MarkedTextEncoder.isNeeded(for: text),
      UTF8Repair.isValid(text.assumingMemoryBound(to: UInt8.self))
    else { return nil }
    do throws(TokenizerError) { return try marked.encode(text).map(\.start) } catch {
      note(error)
      return []
    }
  }

  /// Where in the text the tokens of the reference code begin; none if the text has no tokens.
  private mutating func referenceStarts(of text: UnsafeBufferPointer<UInt8>) -> [Int] {
    guard let reference else { return [] }
    if !UTF8Repair.isValid(text) { referenceRepairs += 1 }
    do throws(TokenizerError) {
      return try reference.encode(text).map(\.source.lowerBound)
    } catch {
      note(error)
      return []
    }
  }
}

/// Assigns counts to the parts between borders.
struct BorderCounter {
  private let borders: [Int]
  /// The tokens of each part so far.
  private(set) var counts: [Int]
  /// The part that the last position is in: the number of borders at or before it.
  private var stretch = 0

  init(_ borders: [Int]) {
    self.borders = borders
    counts = [Int](repeating: 0, count: borders.count + 1)
  }

  /// Whether no border is inside a range; the positions before it never come again.
  mutating func isWhole(_ range: Range<Int>) -> Bool {
    guard let border = border(after: range.lowerBound) else { return true }
    return border >= range.upperBound
  }

  /// The first border after `position`; nil if there is none. Positions never decrease from call to call.
  mutating func border(after position: Int) -> Int? {
    while stretch < borders.count, borders[stretch] <= position { stretch += 1 }
    return stretch < borders.count ? borders[stretch] : nil
  }

  /// Adds tokens that begin at `position` or after it, before the next border.
  mutating func add(_ tokens: Int, at position: Int) {
    _ = border(after: position)
    counts[stretch] += tokens
  }
}
