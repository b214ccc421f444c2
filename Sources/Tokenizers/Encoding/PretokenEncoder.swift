/// Encodes units: parts of text that no token extends beyond.
///
/// Instead of merging pairs it walks forward with the longest tokens. It keeps a token only if merging the text of the
/// previous token and this one yields exactly these two; otherwise it tries shorter tokens, and goes back if none fits.
/// A sequence of tokens is the result of merging exactly if all neighbors pass this test, because merges inside
/// disjoint parts do not affect each other. So the result is that of `BytePairMerger`. The work is linear, because
/// every prefix of the text has only one such sequence and is tried at most once.
struct PretokenEncoder: ~Copyable {
  private let model: ModelTables
  private let trie: TokenTrie
  private let merges: MergeTable
  private let derivations: UnsafePointer<TokenDerivation>
  private let byteTokens: UnsafePointer<UInt32>
  private let mergesCharacters: Bool
  private var merger: BytePairMerger
  private var runMerger: RunMerger
  private var stack: UnsafeMutablePointer<UInt32>
  private var capacity: Int
  /// Bits of the positions from which there is no way forward.
  private var deadEnds: UnsafeMutablePointer<UInt64>
  private var irregularPairs: [UInt64: Bool] = [:]
  /// What `follower` found, by the hash of its arguments. Tokens of runs of one byte have many prefixes, of which the same few
  /// are tried again and again.
  private let followers: UnsafeMutablePointer<Follower>
  private let unknownBytes: ByteSet
  /// The places of the bytes of the last unit that tokens stand for, if not all are such bytes.
  private var knownPlaces: [Int] = []
  /// The number of tokens of the last unit.
  private(set) var count = 0

  private static let irregularPairLimit = 1 << 14
  private static let followerBits: UInt64 = 12
  /// Bytes of the shortest unit in which runs are looked for.
  private static let shortestRun = 24
  /// Bytes of the shortest unit that is merged run by run, and how many runs of bytes it may have.
  private static let shortestRuler = 64
  private static let rulerRuns = 8

  private struct Follower {
    /// The last token and the candidate, and a bit that is set.
    var key: UInt64
    var token: UInt32
  }

  init(_ model: ModelTables) {
    self.model = model
    trie = model.trie
    merges = model.merges
    derivations = model.derivations
    byteTokens = model.byteTokens
    mergesCharacters = model.mergesCharacters
    unknownBytes = model.unknownBytes
    merger = BytePairMerger(merges: model.merges)
    runMerger = RunMerger(merges: model.merges)
    capacity = 512
    stack = .allocate(capacity: capacity)
    deadEnds = .allocate(capacity: capacity / 64 + 1)
    followers = .allocate(capacity: 1 << Int(Self.followerBits))
    followers.initialize(repeating: Follower(key: 0, token: 0), count: 1 << Int(Self.followerBits))
  }

  deinit {
    followers.deallocate()
    stack.deallocate()
    deadEnds.deallocate()
  }

  /// The tokens of the last unit.
  var tokens: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: stack, count: count) }

  /// Whether the first token of the last unit begins where the unit begins.
  var firstTokenBegins: Bool { knownPlaces.isEmpty || knownPlaces[0] == 0 }

  /// Calls `body` for each token of the last unit with the place in the unit of the first byte that it covers.
  func forEachToken(_ body: (UInt32, Int) -> Void) {
    var start = 0
    for token in tokens {
      body(token, knownPlaces.isEmpty ? start : knownPlaces[start])
      // A fallback token covers one byte, whatever its name looks like.
      start &+= derivations[Int(token)].left == TokenDerivation.noToken ? 1 : derivations[Int(token)].length
    }
  }

  /// Encodes `text` as one unit and returns the number of its tokens.
  mutating func encode(_ text: UnsafePointer<UInt8>, count length: Int) -> Int {
    count = 0
    guard length > 0 else { return 0 }
    if unknownBytes.count > 0 {
      knownPlaces.removeAll(keepingCapacity: true)
      let unit = UnsafeBufferPointer(start: text, count: length)
      if unit.contains(where: unknownBytes.contains) { return encodeKnownBytes(of: unit) }
    }
    return encodeKnown(text, length)
  }

  /// Encodes a unit some bytes of which leave nothing behind, so that those around them merge.
  private mutating func encodeKnownBytes(of unit: UnsafeBufferPointer<UInt8>) -> Int {
    knownPlaces = unit.indices.filter { !unknownBytes.contains(unit[$0]) }
    return knownPlaces.map { unit[$0] }.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
      return encodeKnown(base, bytes.count)
    }
  }

  @inline(__always)
  private mutating func encodeKnown(_ text: UnsafePointer<UInt8>, _ length: Int) -> Int {
    let first = trie.match(text, from: 0, to: length)
    if first.whole != TokenDerivation.noToken {
      stack[0] = first.whole
      count = 1
      return 1
    }
    reserve(length)
    if length >= Self.shortestRuler, encodeRuler(text, length) { return count }
    deadEnds.update(repeating: 0, count: length >> 6 + 1)
    if length < Self.shortestRun { walkWord(text, length, first.token) } else { walkRuns(text, length, first.token) }
    return count
  }

  /// Encodes a unit of few runs of equal bytes; false if it is none.
  @inline(never)
  private mutating func encodeRuler(_ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    runMerger.removeAll()
    var start = 0
    for _ in 0..<Self.rulerRuns {
      let byte = text[start]
      // Where characters merge, those of several bytes are one symbol each.
      guard byte < 0x80 || !mergesCharacters else { return false }
      var end = start &+ 1
      while end < length, text[end] == byte { end &+= 1 }
      let symbol = trie.match(text, from: start, to: start &+ 1).whole
      runMerger.append(symbol == TokenDerivation.noToken ? byteTokens[Int(byte)] : symbol, count: end &- start)
      start = end
      if start == length { break }
    }
    guard start == length, runMerger.merge() else { return false }
    for run in runMerger.runs {
      (stack + count).update(repeating: run.token, count: run.count)
      count &+= run.count
    }
    return true
  }

  /// Encodes `text` as one unit by applying merges as they are defined.
  mutating func encodeByMerging(_ text: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    merger.removeAll()
    var position = 0
    while position < length {
      let end = symbolEnd(text, position, length)
      let symbol = trie.match(text, from: position, to: end)
      if symbol.whole != TokenDerivation.noToken {
        merger.append(symbol.whole)
      } else {
        for offset in position..<end { merger.append(byteTokens[Int(text[offset])]) }
      }
      position = end
    }
    merger.merge()
    count = merger.tokens.count
    for (index, token) in merger.tokens.enumerated() { stack[index] = token }
  }

  private func symbolEnd(_ text: UnsafePointer<UInt8>, _ position: Int, _ length: Int) -> Int {
    var end = position + 1
    while mergesCharacters, end < length, text[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }

  private mutating func reserve(_ length: Int) {
    guard length > capacity else { return }
    stack.deallocate()
    deadEnds.deallocate()
    capacity = length + length / 2
    stack = .allocate(capacity: capacity)
    deadEnds = .allocate(capacity: capacity / 64 + 1)
  }

  /// Ordinary words take a walk that does not look for runs.
  @inline(never)
  private mutating func walkWord(_ text: UnsafePointer<UInt8>, _ length: Int, _ first: UInt32) {
    walk(text, length, first: first, mayHoldRuns: false)
  }

  @inline(never)
  private mutating func walkRuns(_ text: UnsafePointer<UInt8>, _ length: Int, _ first: UInt32) {
    walk(text, length, first: first, mayHoldRuns: true)
  }

  @inline(__always)
  private mutating func walk(_ text: UnsafePointer<UInt8>, _ length: Int, first: UInt32, mayHoldRuns: Bool) {
    var position = 0
    // Tokens before the floor are final: a character without a token separates like the end of the text.
    var floor = 0
    var candidate = first
    while true {
      if candidate == TokenDerivation.noToken, count == floor || !hasToken(text, position, length) {
        position = appendFallback(text, position, length)
        floor = count
      } else if let token = fitting(candidate, at: position, floor: floor, remembers: mayHoldRuns) {
        stack[count] = token
        count &+= 1
        position &+= derivations[Int(token)].length
      } else if count == floor {
        // There is always a way forward; if a table were wrong about that, the definition would still be right.
        encodeByMerging(text, length)
        return
      } else {
        deadEnds[position >> 6] |= 1 << UInt64(position & 63)
        count &-= 1
        let dropped = derivations[Int(stack[count])]
        position &-= dropped.length
        candidate = dropped.prefix
        continue
      }
      if position >= length { return }
      candidate = trie.match(text, from: position, to: length).token
    }
  }

  /// The longest of `candidate` and the tokens it begins with that may follow the last token and lead on.
  @inline(__always)
  private mutating func fitting(_ candidate: UInt32, at position: Int, floor: Int, remembers: Bool) -> UInt32? {
    var token = candidate
    while token != TokenDerivation.noToken {
      if remembers, count > floor {
        token = follower(of: stack[count &- 1], candidate: token)
        guard token != TokenDerivation.noToken else { return nil }
      }
      let derivation = derivations[Int(token)]
      let end = position &+ derivation.length
      if deadEnds[end >> 6] >> UInt64(end & 63) & 1 == 0,
        remembers || count == floor || mayFollow(stack[count &- 1], token)
      {
        return token
      }
      token = derivation.prefix
    }
    return nil
  }

  /// The longest of `candidate` and the tokens it begins with that may follow `last`; `noToken` if none may.
  private mutating func follower(of last: UInt32, candidate: UInt32) -> UInt32 {
    var token = candidate
    while token != TokenDerivation.noToken {
      let known = followers[Self.place(last, token)]
      if known.key == Self.key(last, token) {
        token = known.token
        break
      }
      if mayFollow(last, token) { break }
      token = derivations[Int(token)].prefix
    }
    followers[Self.place(last, candidate)] = Follower(key: Self.key(last, candidate), token: token)
    return token
  }

  @inline(__always)
  private static func key(_ last: UInt32, _ candidate: UInt32) -> UInt64 {
    (UInt64(last) &<< 20 | UInt64(candidate)) &<< 1 | 1
  }

  @inline(__always)
  private static func place(_ last: UInt32, _ candidate: UInt32) -> Int {
    Int(truncatingIfNeeded: (key(last, candidate) &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- followerBits))
  }

  /// Whether merging the text of both tokens yields exactly these two.
  ///
  /// Undoes the merges of both tokens at their common border, latest first, and checks whether the two tokens at the
  /// border would have merged with each other before they merged otherwise.
  @inline(__always)
  mutating func mayFollow(_ first: UInt32, _ second: UInt32) -> Bool {
    var (left, right) = (first, second)
    var leftDerivation = derivations[Int(left)]
    var rightDerivation = derivations[Int(right)]
    if max(leftDerivation.rank, rightDerivation.rank) == TokenDerivation.irregularRank {
      return mayFollowIrregular(first, second)
    }
    var (leftLimit, rightLimit) = (Int32.max, Int32.max)
    while true {
      let rank = merges.rank(left, right)
      // Of equal ranks the leftmost pair merges first: the left token's own merge before, the right one's after.
      if rank != MergeTable.noRank, Int32(truncatingIfNeeded: rank) < leftLimit,
        Int32(truncatingIfNeeded: rank) <= rightLimit
      {
        return false
      }
      if leftDerivation.rank > rightDerivation.rank {
        leftLimit = leftDerivation.rank
        left = leftDerivation.right
        leftDerivation = derivations[Int(left)]
      } else if rightDerivation.rank >= 0 {
        rightLimit = rightDerivation.rank
        right = rightDerivation.left
        rightDerivation = derivations[Int(right)]
      } else {
        return true
      }
    }
  }

  /// The same for tokens whose ranks do not rise from parts to wholes: merges both texts and remembers the result.
  @inline(never)
  private mutating func mayFollowIrregular(_ first: UInt32, _ second: UInt32) -> Bool {
    let key = UInt64(first) << 32 | UInt64(second)
    if let known = irregularPairs[key] { return known }
    merger.removeAll()
    appendSymbols(of: first)
    appendSymbols(of: second)
    merger.merge()
    if irregularPairs.count >= Self.irregularPairLimit { irregularPairs.removeAll(keepingCapacity: true) }
    let follows = merger.tokens == [first, second]
    irregularPairs[key] = follows
    return follows
  }

  /// Adds the symbols that a token is made of, left to right.
  private mutating func appendSymbols(of token: UInt32) {
    var pending = [token]
    while let next = pending.popLast() {
      let derivation = derivations[Int(next)]
      if derivation.left == next {
        merger.append(next)
      } else {
        pending.append(derivation.right)
        pending.append(derivation.left)
      }
    }
  }

  /// Whether some token begins at `position`.
  private func hasToken(_ text: UnsafePointer<UInt8>, _ position: Int, _ length: Int) -> Bool {
    trie.match(text, from: position, to: length).token != TokenDerivation.noToken
  }

  /// Adds the fallback tokens of the character at `position` and returns where it ends.
  @inline(never)
  private mutating func appendFallback(_ text: UnsafePointer<UInt8>, _ position: Int, _ length: Int) -> Int {
    let end = symbolEnd(text, position, length)
    for offset in position..<end {
      stack[count] = byteTokens[Int(text[offset])]
      count += 1
    }
    return end
  }
}
