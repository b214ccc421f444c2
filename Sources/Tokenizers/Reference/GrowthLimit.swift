/// How long the steps of a tokenizer may make a text.
///
/// The longest decomposition of a character has eleven times as many bytes, so that no model's steps come near; a few steps
/// that repeat a letter would make of a short text what no memory holds.
struct GrowthLimit: Sendable {
  private static let free = 1 << 16
  private static let factor = 16

  /// What the steps are called in messages.
  private let part: String
  private let bytes: Int

  /// The limit for a text of so many bytes.
  init(_ part: String, of count: Int) {
    self.part = part
    let (product, overflow) = count.multipliedReportingOverflow(by: Self.factor)
    bytes = overflow ? .max : product.addingReportingOverflow(Self.free).overflow ? .max : product + Self.free
  }

  /// Makes sure that a text may become so long.
  ///
  /// - Throws: `TokenizerError` if not.
  func check(_ count: Int) throws(TokenizerError) {
    guard count <= bytes else { throw .tooLong(part, bytes) }
  }

  /// Makes sure that a text may become as long as some texts of one length are together, before they are put into it.
  func check(_ count: Int, times: Int) throws(TokenizerError) {
    let (product, overflow) = count.multipliedReportingOverflow(by: times)
    try check(overflow ? .max : product)
  }
}
