import CTokenizerKernels

/// Caches the counts of pre-tokens of up to 15 bytes.
///
/// Four counts with their keys share a cache line, the bucket; four neighboring buckets make a set. A key is in its
/// own bucket, where `bk_kernels.probe` finds it, or in a neighbor, where this finds it and moves it over. The whole
/// text is compared, so a hit is never another text's count. The table doubles as it fills up, and from
/// `maximumBuckets` on new keys replace others of their set.
struct PretokenCache: ~Copyable {
  private(set) var table: UnsafeMutablePointer<bk_bucket>
  private var bucketCount: Int
  private var used = 0
  private var nextVictim = 0
  private let kernels: UnsafePointer<bk_kernels>

  private static let initialBuckets = 1 << 12
  /// 16 MiB.
  private static let maximumBuckets = 1 << 18
  private static let ways = 4
  private static let bucketsOfSet: UInt32 = 4

  /// Makes an empty cache for the keys and hashes of a set of kernels.
  init(_ kernels: UnsafePointer<bk_kernels>) {
    self.kernels = kernels
    bucketCount = Self.initialBuckets
    table = Self.allocate(bucketCount)
  }

  deinit { table.deallocate() }

  /// What selects the byte offset of a bucket from a hash.
  var mask: UInt32 { UInt32(truncatingIfNeeded: (bucketCount &- 1) &* 64) }

  private static func allocate(_ buckets: Int) -> UnsafeMutablePointer<bk_bucket> {
    let memory = LargePages.allocate(byteCount: buckets * 64, alignment: 256)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: buckets * 64)
    return memory.assumingMemoryBound(to: bk_bucket.self)
  }

  /// The count of a key; nil if it is not in the cache.
  mutating func count(of key: bk_key, hash: UInt32) -> Int? {
    let own = ways(hash)
    if let way = own.way(of: key) { return Int(truncatingIfNeeded: own[way].low & 15) }
    for number in 1..<Self.bucketsOfSet {
      let neighbor = neighbor(number, of: hash)
      guard let way = neighbor.way(of: key) else { continue }
      let entry = neighbor[way]
      let victim = nextVictimWay()
      neighbor[way] = own[victim]
      own[victim] = entry
      return Int(truncatingIfNeeded: entry.low & 15)
    }
    return nil
  }

  /// Adds the count of a key that is not in the cache.
  mutating func insert(_ key: bk_key, count: Int, hash: UInt32) {
    if used * 5 >= bucketCount * Self.ways * 3, bucketCount < Self.maximumBuckets { grow() }
    let entry = bk_key(low: key.low | UInt64(truncatingIfNeeded: count), high: key.high)
    guard !place(entry, hash: hash) else { return used += 1 }
    let own = ways(hash)
    own[nextVictimWay()] = entry
  }

  /// Fetches the neighbors of the bucket at a byte offset.
  @inline(__always)
  func prefetchNeighbors(of offset: UInt32) {
    for number in 1..<Self.bucketsOfSet {
      bk_prefetch(UnsafeRawPointer(table) + Int(truncatingIfNeeded: offset ^ number &* 64))
    }
  }

  /// Puts an entry into its bucket or a neighbor; false if all are full.
  private func place(_ entry: bk_key, hash: UInt32) -> Bool {
    for number in 0..<Self.bucketsOfSet {
      let bucket = neighbor(number, of: hash)
      for way in 0..<Self.ways where bucket[way].low == 0 {
        bucket[way] = entry
        return true
      }
    }
    return false
  }

  /// The entries of one bucket.
  private struct Ways {
    /// Four low halves, then four high ones.
    let words: UnsafeMutablePointer<UInt64>

    @inline(__always)
    subscript(way: Int) -> bk_key {
      get { bk_key(low: words[way], high: words[way &+ PretokenCache.ways]) }
      nonmutating set {
        words[way] = newValue.low
        words[way &+ PretokenCache.ways] = newValue.high
      }
    }

    @inline(__always)
    func way(of key: bk_key) -> Int? {
      for way in 0..<PretokenCache.ways where self[way].high == key.high && self[way].low & ~15 == key.low {
        return way
      }
      return nil
    }
  }

  @inline(__always)
  private func ways(_ hash: UInt32) -> Ways {
    let bucket = UnsafeMutableRawPointer(table) + Int(truncatingIfNeeded: hash & mask)
    return Ways(words: bucket.assumingMemoryBound(to: UInt64.self))
  }

  @inline(__always)
  private func neighbor(_ number: UInt32, of hash: UInt32) -> Ways { ways(hash ^ number &* 64) }

  private mutating func nextVictimWay() -> Int {
    nextVictim = (nextVictim &+ 1) & (Self.ways - 1)
    return nextVictim
  }

  private mutating func grow() {
    let (old, oldCount) = (table, bucketCount)
    bucketCount *= 2
    table = Self.allocate(bucketCount)
    used = 0
    for index in 0..<oldCount {
      let bucket = Ways(words: UnsafeMutableRawPointer(old + index).assumingMemoryBound(to: UInt64.self))
      for way in 0..<Self.ways where bucket[way].low != 0 {
        let key = bk_key(low: bucket[way].low & ~15, high: bucket[way].high)
        if place(bucket[way], hash: kernels.pointee.hash(key)) { used += 1 }
      }
    }
    old.deallocate()
  }
}
