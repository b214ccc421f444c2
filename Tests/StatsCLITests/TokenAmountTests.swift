import Testing

@testable import StatsCLI

/// Numbers as people write them.
@Suite struct TokenAmountTests {
  @Test(
    "token amounts may be grouped by threes, and end in whole tokens",
    arguments: [
      ("40,000", 40_000), ("250_000", 250_000), ("1.5M", 1_500_000), ("100k", 100_000), ("1,5M", nil), ("1,5", nil),
      (",500", nil), ("1.0001k", nil), ("-1", nil), ("", nil),
    ] as [(String, Int?)])
  func amounts(text: String, tokens: Int?) { #expect(TokenAmount(argument: text)?.tokens == tokens) }
}
