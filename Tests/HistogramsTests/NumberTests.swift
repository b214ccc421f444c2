import Testing

@testable import Histograms

/// How numbers read on pictures.
@Suite struct NumberTests {
  @Test func groupsDigitsInThrees() {
    #expect(ChartNumber.grouped(0) == "0")
    #expect(ChartNumber.grouped(999) == "999")
    #expect(ChartNumber.grouped(1_234) == "1,234")
    #expect(ChartNumber.grouped(1_000_007) == "1,000,007")
    #expect(ChartNumber.grouped(-12_345) == "-12,345")
  }

  @Test func abbreviatesTokensFromTenThousandAndLengthsFromAHundredThousand() {
    #expect(ChartNumber.tokens(9_999) == "9,999")
    #expect(ChartNumber.tokens(10_000) == "10.0 k")
    #expect(ChartNumber.length(99_999) == "99,999")
    #expect(ChartNumber.length(100_000) == "100 k")
  }

  @Test(arguments: [
    (12_345, "12.3 k"), (12_350, "12.4 k"), (99_949, "99.9 k"), (99_950, "100 k"), (786_400, "786 k"),
    (999_499, "999 k"), (999_500, "1.00 M"), (1_640_000, "1.64 M"), (1_644_999, "1.64 M"), (1_645_000, "1.65 M"),
    (12_500_000, "12.5 M"), (999_500_000, "1.00 G"), (7_000_000_000_000, "7.00 T"),
    (12_345_000_000_000_000, "12,345 T"),
  ]) func keepsThreeDigits(number: Int, text: String) {
    #expect(ChartNumber.abbreviated(number) == text)
  }

  @Test func writesSharesWithoutHidingWhatIsThere() {
    #expect(ChartNumber.percent(0, of: 0) == "0")
    #expect(ChartNumber.percent(0, of: 7) == "0")
    #expect(ChartNumber.percent(7, of: 7) == "100")
    #expect(ChartNumber.percent(1, of: 1_200) == "<0.1")
    #expect(ChartNumber.percent(1_199, of: 1_200) == ">99.9")
    #expect(ChartNumber.percent(1, of: 1_000) == "0.1")
    #expect(ChartNumber.percent(845, of: 1_200) == "70.4")
    #expect(ChartNumber.percentSigned(845, of: 1_200) == "70.4 %")
    #expect(ChartNumber.percentSigned(0, of: 1_200) == "0")
  }

  @Test func writesSmallSharesOverALimitWithTwoDecimals() {
    #expect(ChartNumber.percentOver(1, of: 2_400) == "0.04 %")
    #expect(ChartNumber.percentOver(1, of: 1_200) == "0.08 %")
    #expect(ChartNumber.percentOver(1, of: 20_000) == "<0.01 %")
    #expect(ChartNumber.percentOver(999, of: 1_000_000) == "0.09 %")
    #expect(ChartNumber.percentOver(30, of: 1_200) == "2.5 %")
    #expect(ChartNumber.percentOver(0, of: 1_200) == "0")
    #expect(ChartNumber.percentOver(5, of: 5) == "100 %")
  }

  @Test func writesMeansOfShortLengthsWithADecimal() {
    #expect(ChartNumber.mean(nil) == "–")
    #expect(ChartNumber.mean(3.25) == "3.3")
    #expect(ChartNumber.mean(99.96) == "100")
    #expect(ChartNumber.mean(654.5) == "655")
  }
}
