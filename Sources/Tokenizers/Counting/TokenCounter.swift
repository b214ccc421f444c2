/// Counts the tokens of texts.
///
/// A counter caches the counts of pieces of text, so it is faster the more it has seen. It belongs to one thread. What
/// it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  private var compiled: CompiledCounter?
  private let reference: ReferenceTokenizer?
  private var referenceRepairs = 0
  /// How many texts so far have no tokens by their definition, and a count of 0.
  ///
  /// Definitions with a fast path have tokens for every text.
  public private(set) var failureCount = 0
  /// Why the last of these texts has no tokens.
  public private(set) var lastFailure: TokenizerError?

  init(_ tables: ModelTables, kernels: CountingKernels) {
    compiled = CompiledCounter(tables, kernels: kernels)
    reference = nil
  }

  init(_ reference: ReferenceTokenizer) {
    compiled = nil
    self.reference = reference
  }

  /// How many texts so far were not UTF-8 and were counted with U+FFFD in the place of what is wrong.
  public var repairCount: Int {
    switch compiled {
    case .some(let compiled): compiled.repairCount
    case .none: referenceRepairs
    }
  }

  /// The number of tokens of UTF-8 text: what `Tokenizer.encode(_:)` makes of it.
  ///
  /// - Complexity: O(length of the text).
  public mutating func count(_ text: RawSpan) -> Int {
    text.withUnsafeBytes { bytes in
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      return compiled?.count(bytes) ?? referenceStarts(of: bytes).count
    }
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
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      guard !bytes.isEmpty else { return }
      if compiled?.count(bytes, &counter) == nil {
        for start in referenceStarts(of: bytes).sorted() { counter.add(1, at: start) }
      }
    }
    counts = counter.counts
  }

  /// Where in the text the tokens of the reference code begin; none if the text has no tokens.
  private mutating func referenceStarts(of text: UnsafeBufferPointer<UInt8>) -> [Int] {
    guard let reference else { return [] }
    if !UTF8Repair.isValid(text) { referenceRepairs += 1 }
    do throws(TokenizerError) {
      return try reference.encode(text).map(\.source.lowerBound)
    } catch {
      failureCount += 1
      lastFailure = error
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
