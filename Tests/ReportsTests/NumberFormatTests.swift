import Testing

@testable import Reports

@Suite("Numbers as text")
struct NumberFormatTests {
  @Test(
    "digits are grouped by three",
    arguments: [
      (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_234, "-1,234"),
      (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(value: Int, text: String) {
    #expect(NumberFormat.grouped(value) == text)
  }

  @Test(
    "large numbers keep three digits",
    arguments: [
      (9_999, "9,999"), (10_000, "10.0 k"), (12_345, "12.3 k"), (99_949, "99.9 k"), (99_951, "100 k"),
      (999_499, "999 k"), (999_500, "1.00 M"), (1_640_000, "1.64 M"), (2_100_000_000, "2.10 G"),
    ])
  func short(value: Int, text: String) {
    #expect(NumberFormat.short(value) == text)
  }

  @Test(
    "shares have one decimal and never round to nothing or all",
    arguments: [
      (0, 10, "0"), (10, 10, "100"), (1, 3, "33.3"), (1, 5_000, "<0.1"), (4_999, 5_000, ">99.9"), (0, 0, "–"),
    ])
  func percent(part: Int, whole: Int, text: String) {
    #expect(NumberFormat.percent(part, of: whole) == text)
  }

  @Test(
    "decimals are rounded, not cut",
    arguments: [(1.005, 1, "1.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"), (1234.5, 0, "1,235")])
  func fixed(value: Double, digits: Int, text: String) {
    #expect(NumberFormat.fixed(value, digits: digits) == text)
  }
}
