import JSON

/// What `count --timing` measures.
struct CountTiming {
  /// Seconds until the tokenizer was ready.
  var load = 0.0
  /// Seconds of reading and rendering, until the texts were in memory.
  var read = 0.0
  /// Seconds of counting, pass by pass; the first one starts with empty caches.
  var passes: [Double] = []
  /// Bytes of text.
  var bytes = 0
  /// Tokens in them.
  var tokens = 0

  /// Seconds of one pass: the only one, or the median of those after the first.
  var count: Double {
    let warm = passes.count > 1 ? passes.dropFirst().sorted() : passes
    guard !warm.isEmpty else { return 0 }
    let middle = warm.count / 2
    return warm.count % 2 == 1 ? warm[middle] : (warm[middle - 1] + warm[middle]) / 2
  }

  /// Millions of bytes a second in each pass.
  var rates: [Double] { passes.map(rate) }

  /// The members that the timing adds to the result.
  var members: [(String, JSONValue)] {
    let timing = JSONObject([
      ("load_seconds", .double(load)), ("read_seconds", .double(read)), ("count_seconds", .double(count)),
      ("bytes", .number(bytes)), ("tokens", .number(tokens)), ("megabytes_per_second", .double(rate(count))),
    ])
    let members: [(String, JSONValue)] = [("timing", .object(timing))]
    return passes.count > 1 ? members + [("passes", .array(rates.map(JSONValue.double)))] : members
  }

  private func rate(_ seconds: Double) -> Double {
    seconds > 0 ? (Double(bytes) / seconds / 1e4).rounded() / 100 : 0
  }
}
