import Testing

@testable import tokenstats

/// Numbers as people read them.
@Suite struct NumberTextTests {
  @Test(
    "token amounts may be grouped by threes, and end in whole tokens",
    arguments: [
      ("40,000", 40_000), ("250_000", 250_000), ("1.5M", 1_500_000), ("100k", 100_000), ("1,5M", nil), ("1,5", nil),
      (",500", nil), ("1.0001k", nil), ("-1", nil), ("", nil),
    ] as [(String, Int?)])
  func amounts(text: String, tokens: Int?) { #expect(TokenAmount(argument: text)?.tokens == tokens) }

  @Test(
    "thousands are grouped",
    arguments: [
      (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(value: Int, text: String) { #expect(NumberText.grouped(value) == text) }

  @Test(
    "short numbers have three digits, and never four by rounding up",
    arguments: [
      (0.0, "0"), (999.4, "999"), (999.6, "1.00 k"), (1_234.0, "1.23 k"), (12_345.0, "12.3 k"), (99_960.0, "100 k"),
      (999_499.0, "999 k"), (999_600.0, "1.00 M"), (1.5e15, "1500 T"),
    ])
  func short(value: Double, text: String) { #expect(NumberText.short(value) == text) }

  @Test(
    "a share that is neither nothing nor all never looks like it",
    arguments: [
      (0, 10, "0 %"), (10, 10, "100 %"), (1, 10_000, "<0.1 %"), (9_999, 10_000, ">99.9 %"), (1, 3, "33.3 %"),
      (0, 0, "0 %"),
    ])
  func percent(part: Int, whole: Int, text: String) { #expect(NumberText.percent(part, of: whole) == text) }

  @Test(
    "durations",
    arguments: [
      (0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (3_725.0, "1:02:05"), (Double.infinity, "?"),
    ])
  func duration(seconds: Double, text: String) { #expect(NumberText.duration(seconds) == text) }

  @Test(
    "decimals keep their zeros", arguments: [(1.05, 2, "1.05"), (-0.5, 1, "-0.5"), (2.0, 0, "2"), (0.004, 2, "0.00")])
  func fixed(value: Double, decimals: Int, text: String) { #expect(NumberText.fixed(value, decimals) == text) }
}
