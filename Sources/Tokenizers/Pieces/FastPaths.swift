/// How a tokenizer follows each part of its definition where it counts.
public struct FastPaths: Hashable, Sendable {
  /// How one part is followed.
  public enum Way: Hashable, Sendable {
    /// There is nothing to do.
    case nothing
    /// By vector code.
    case vectorCode
    /// By tables made for the definition.
    case tables
    /// By a table for words of visible ASCII characters, step by step for others.
    case plainWords
    /// By code without sources of bytes.
    case bytes
    /// By programs made of the patterns.
    case programs
    /// By Oniguruma, for a pattern that no program can follow.
    case oniguruma
    /// By code that makes no numbers of tokens, for pieces of known characters; step by step for others.
    case counting
    /// Step by step, by the reference code.
    case reference
  }

  /// The steps before text is cut.
  public var normalizer: Way
  /// The steps that cut text.
  public var preTokenizer: Way
  /// What makes tokens of pre-tokens.
  public var model: Way
}

extension PiecePlan {
  /// How each part is followed.
  func fastPaths(_ definition: TokenizerDefinition) -> FastPaths {
    switch cutting {
    case .words(_, let plain):
      let way: FastPaths.Way = plain == nil ? .reference : .plainWords
      let hasNormalizer = !(definition.normalizer?.steps ?? []).isEmpty
      return FastPaths(
        normalizer: hasNormalizer ? way : .nothing, preTokenizer: way, model: plain == nil ? .reference : .counting)
    case .preTokens(let steps):
      let normalizer: FastPaths.Way =
        steps.rewriter.isNothing ? .nothing : steps.rewriter.hasReferenceSteps ? .reference : .bytes
      let hasSteps = !(definition.preTokenizer?.steps ?? []).isEmpty
      let preTokenizer: FastPaths.Way =
        hasComplexPattern ? .oniguruma : steps.model == nil && hasSteps ? .reference : hasSteps ? .programs : .nothing
      return FastPaths(
        normalizer: normalizer, preTokenizer: preTokenizer, model: steps.model == nil ? .reference : .counting)
    }
  }
}
