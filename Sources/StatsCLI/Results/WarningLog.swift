import Support

/// Warnings about many rows: the first of a kind are said, the others counted.
struct WarningLog {
  /// Warnings of a kind that are said.
  private static let said = 10
  /// Kinds that are told apart; what is beyond is one of its own.
  private static let largestNumberOfKinds = 64

  private struct Kind {
    var count = 0
    var last = ""
  }

  private var kinds: [TextKey: Kind] = [:]

  /// Says that something is wrong, unless enough of the kind was said.
  ///
  /// - Parameters:
  ///   - reason: what is wrong; those that differ in numbers and quoted texts only are of one kind.
  ///   - place: where.
  mutating func warn(_ reason: String, at place: String) {
    var key = TextKey(Self.kind(of: reason))
    if kinds[key] == nil, kinds.count >= Self.largestNumberOfKinds { key = TextKey("") }
    let count = kinds[key, default: Kind()].count + 1
    if count <= Self.said { Messages.warning("\(place): \(reason)") }
    kinds[key] = Kind(count: count, last: count > Self.said ? "\(place): \(reason)" : "")
  }

  /// Says how many there were of each kind beside those that were said.
  func end() {
    for (_, kind) in kinds.sorted(by: { $0.key < $1.key }) where kind.count > Self.said {
      let more = kind.count - Self.said
      Messages.warning("\(NumberFormat.grouped(more)) more like these, the last: \(kind.last)")
    }
  }

  /// A reason without its numbers and what it quotes.
  private static func kind(of reason: String) -> String {
    var kind: [UInt8] = []
    var isQuoted = false
    for byte in reason.utf8 {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { kind.append(byte) }
    }
    return String(decoding: kind, as: UTF8.self)
  }
}
