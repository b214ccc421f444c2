import Support
import Testing

/// How numbers read on plots, pages and terminals.
@Suite struct NumberFormatTests {
  @Test func groupsDigitsInThrees() {
    #expect(NumberFormat.grouped(0) == "0")
    #expect(NumberFormat.grouped(999) == "999")
    #expect(NumberFormat.grouped(1_234) == "1,234")
    #expect(NumberFormat.grouped(1_000_007) == "1,000,007")
    #expect(NumberFormat.grouped(-12_345) == "-12,345")
    #expect(NumberFormat.grouped(Int.min) == "-9,223,372,036,854,775,808")
  }

  @Test func abbreviatesTokensFromTenThousandAndLengthsFromAHundredThousand() {
    #expect(NumberFormat.short(9_999) == "9,999")
    #expect(NumberFormat.short(10_000) == "10.0 k")
    #expect(NumberFormat.length(99_999) == "99,999")
    #expect(NumberFormat.length(100_000) == "100 k")
  }

  @Test(arguments: [
    (12_345, "12.3 k"), (12_350, "12.4 k"), (99_949, "99.9 k"), (99_950, "100 k"), (786_400, "786 k"),
    (999_499, "999 k"), (999_500, "1.00 M"), (1_640_000, "1.64 M"), (1_644_999, "1.64 M"), (1_645_000, "1.65 M"),
    (12_500_000, "12.5 M"), (999_500_000, "1.00 G"), (7_000_000_000_000, "7.00 T"),
    (12_345_000_000_000_000, "12,345 T"),
  ]) func keepsThreeDigits(number: Int, text: String) {
    #expect(NumberFormat.short(number) == text)
  }

  @Test func writesSharesWithoutHidingWhatIsThere() {
    #expect(NumberFormat.percent(0, of: 0) == "0")
    #expect(NumberFormat.percent(0, of: 7) == "0")
    #expect(NumberFormat.percent(7, of: 7) == "100")
    #expect(NumberFormat.percent(1, of: 1_200) == "<0.1")
    #expect(NumberFormat.percent(1_199, of: 1_200) == ">99.9")
    #expect(NumberFormat.percent(1, of: 1_000) == "0.1")
    #expect(NumberFormat.percent(845, of: 1_200) == "70.4")
    #expect(NumberFormat.percentSigned(845, of: 1_200) == "70.4 %")
    #expect(NumberFormat.percentSigned(0, of: 1_200) == "0")
  }

  @Test func writesSmallSharesOverALimitWithTwoDecimals() {
    #expect(NumberFormat.shareOver(1, of: 2_400) == "0.04 %")
    #expect(NumberFormat.shareOver(1, of: 1_200) == "0.08 %")
    #expect(NumberFormat.shareOver(1, of: 20_000) == "<0.01 %")
    #expect(NumberFormat.shareOver(999, of: 1_000_000) == "0.09 %")
    #expect(NumberFormat.shareOver(30, of: 1_200) == "2.5 %")
    #expect(NumberFormat.shareOver(0, of: 1_200) == "0 %")
    #expect(NumberFormat.shareOver(5, of: 5) == "100 %")
  }

  @Test func writesMeansOfShortLengthsWithADecimal() {
    #expect(NumberFormat.mean(nil) == "–")
    #expect(NumberFormat.mean(3.25) == "3.3")
    #expect(NumberFormat.mean(99.96) == "100")
    #expect(NumberFormat.mean(654.5) == "655")
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1.00 k"), (1_234, "1.23 k"), (99_960, "100 k"), (-1_234, "-1,234"),
  ]) func abbreviatesFromAThresholdOn(number: Int, text: String) {
    #expect(NumberFormat.short(number, from: 1_000) == text)
  }

  @Test(arguments: [
    (0, 10, "0 %"), (10, 10, "100 %"), (1, 10_000, "<0.1 %"), (9_999, 10_000, ">99.9 %"), (1, 3, "33.3 %"),
    (0, 0, "0 %"),
  ]) func writesSharesInSentencesWithTheirSign(part: Int, whole: Int, text: String) {
    #expect(NumberFormat.share(part, of: whole) == text)
  }

  @Test(arguments: [
    (1.005, 1, "1.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"), (1234.5, 0, "1,235"), (1.05, 2, "1.05"), (-0.5, 1, "-0.5"),
    (0.004, 2, "0.00"), (1e18, 2, "1e+18"),
  ]) func roundsDecimalsAndKeepsTheirZeros(value: Double, digits: Int, text: String) {
    #expect(NumberFormat.fixed(value, digits: digits) == text)
  }

  @Test(arguments: [
    (0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (3_725.0, "1:02:05"), (Double.infinity, "?"),
  ]) func writesDurations(seconds: Double, text: String) {
    #expect(NumberFormat.duration(seconds) == text)
  }
}
