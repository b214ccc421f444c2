import COnig

/// A regular expression as the reference's engine understands it.
///
/// Oniguruma is that engine; character classes are written out first (`PatternRewriter`), because the system's library knows
/// another version of Unicode. Matching is bounded: a text that needs more steps or memory is an error.
///
/// The compiled expression is never changed after `init`, which makes it safe to share.
final class RegularExpression: Sendable {
  nonisolated(unsafe) private let regex: OnigRegex

  /// Backtracking steps for one try of a match, which are the library's own limit, and for one search; entries of the stack
  /// that remembers them (40 bytes each).
  private static let matchLimit: UInt = 10_000_000
  private static let stepLimit: UInt = 100_000_000
  private static let stackLimit: UInt32 = 50_000_000

  /// The library's own tables, which are made once.
  private static let initialization = onig_shim_initialize()

  /// Compiles a pattern in Oniguruma's syntax.
  ///
  /// - Throws: `TokenizerError` where the pattern is malformed or holds what is not supported.
  init(_ pattern: [UInt8]) throws(TokenizerError) {
    let rewritten = try PatternRewriter.rewrite(pattern)
    var compiled: OnigRegex?
    var info = OnigErrorInfo()
    let (status, message) = rewritten.withUnsafeBufferPointer { bytes in
      let status =
        Self.initialization == ONIG_NORMAL
        ? onig_shim_new(&compiled, bytes.baseAddress, bytes.count, &info) : Self.initialization
      return (status, status == ONIG_NORMAL ? "" : Self.message(status, &info))
    }
    guard status == ONIG_NORMAL, let compiled else { throw TokenizerError("", message) }
    regex = compiled
  }

  deinit { onig_free(regex) }

  private static func message(_ status: Int32, _ info: inout OnigErrorInfo) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(ONIG_SHIM_MESSAGE_CAPACITY) + 1) { buffer in
      let count = onig_shim_message(buffer.baseAddress, status, &info)
      return String(decoding: buffer[..<Int(max(0, count))], as: UTF8.self)
    }
  }

  /// Passes on every match in `text`, which is valid UTF-8, from the left.
  ///
  /// An empty match right after another match is left out, as the reference does.
  ///
  /// - Throws: `TokenizerError` where a search needs more steps or memory than it may take.
  func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
  ) throws(TokenizerError) {
    guard let region = onig_region_new() else { throw .patternLimit(reason: "out of memory") }
    defer { onig_region_free(region, 1) }
    guard let limits = onig_new_match_param() else { throw .patternLimit(reason: "out of memory") }
    defer { onig_free_match_param(limits) }
    onig_initialize_match_param(limits)
    onig_set_match_stack_limit_size_of_match_param(limits, Self.stackLimit)
    onig_set_retry_limit_in_match_of_match_param(limits, Self.matchLimit)
    onig_set_retry_limit_in_search_of_match_param(limits, Self.stepLimit)
    var offset = 0
    var lastEnd: Int?
    while offset <= text.count {
      let status = onig_shim_search(regex, text.baseAddress, text.count, offset, region, limits)
      if status == ONIG_SHIM_MISMATCH { return }
      guard status >= 0, let starts = region.pointee.beg, let ends = region.pointee.end else {
        var info = OnigErrorInfo()
        throw .patternLimit(reason: Self.message(status, &info))
      }
      let match = Int(starts[0])..<Int(ends[0])
      if match.isEmpty, match.upperBound == lastEnd {
        offset += offset < text.count ? UTF8Scalar(in: UnsafeRawBufferPointer(text), at: offset).length : 1
        continue
      }
      body(match)
      offset = match.upperBound
      lastEnd = match.upperBound
    }
  }
}
