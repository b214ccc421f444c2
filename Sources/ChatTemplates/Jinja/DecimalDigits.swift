/// Exact decimal digits of floating-point numbers, rounded half to even as C's `printf` does.
enum DecimalDigits {
  /// A finite number as significand and power of two.
  private static func parts(_ value: Double) -> (significand: BigInteger, exponent: Int) {
    guard value != 0 else { return (BigInteger(0), 0) }
    let isNormal = value.isNormal
    let significand = Int(value.significandBitPattern) | (isNormal ? 1 << 52 : 0)
    return (BigInteger(significand), (isNormal ? Int(value.exponentBitPattern) - 1075 : -1074))
  }

  /// The magnitude times a power of ten, rounded to a whole number.
  private static func scaled(_ value: Double, by power: Int) -> BigInteger {
    let (significand, exponent) = parts(value.magnitude)
    var numerator = significand
    var denominator = BigInteger(1)
    if exponent >= 0 {
      numerator = numerator.shiftedLeft(exponent)
    } else {
      denominator = denominator.shiftedLeft(-exponent)
    }
    let factor = BigInteger(10).raised(to: abs(power))
    if power >= 0 { numerator = numerator * factor } else { denominator = denominator * factor }
    let (quotient, remainder) = numerator.dividedFloor(by: denominator)
    let double = remainder.shiftedLeft(1)
    let roundsUp = double > denominator || double == denominator && quotient.isOdd
    return roundsUp ? quotient + BigInteger(1) : quotient
  }

  /// The magnitude with a number of decimals: `%.Nf`.
  static func fixed(_ value: Double, decimals: Int) -> String {
    // No double has more decimals that are not zero.
    let exact = min(decimals, 1100)
    var digits = scaled(value, by: exact).decimal
    if digits.utf8.count <= exact { digits = String(repeating: "0", count: exact + 1 - digits.utf8.count) + digits }
    guard decimals > 0 else { return digits }
    return digits.dropLast(exact) + "." + digits.suffix(exact) + String(repeating: "0", count: decimals - exact)
  }

  /// The first digits of the magnitude and the exponent of the first: `%.Ne`.
  static func scientific(_ value: Double, decimals: Int) -> (digits: String, exponent: Int) {
    guard value != 0 else { return (String(repeating: "0", count: decimals + 1), 0) }
    let exact = min(decimals, 1100)
    let (significand, power) = parts(value.magnitude)
    // An estimate of the decimal exponent, one too high or low at most.
    var exponent = Int((Double(significand.bitWidth - 1 + power) * 0.30102999566398120).rounded(.down))
    while true {
      let digits = scaled(value, by: exact - exponent).decimal
      if digits.utf8.count == exact + 1 {
        return (digits + String(repeating: "0", count: decimals - exact), exponent)
      }
      if digits.utf8.count > exact + 1 {
        // Rounding may have made a power of ten.
        let isPower = digits.dropFirst().allSatisfy { $0 == "0" }
        if isPower, digits.utf8.count == exact + 2,
          scaled(value, by: exact - exponent - 1).decimal.utf8.count <= exact + 1
        {
          return (String(digits.dropLast()) + String(repeating: "0", count: decimals - exact), exponent + 1)
        }
        exponent += 1
      } else {
        exponent -= 1
      }
    }
  }

  /// Python's `round(value, decimals)`.
  static func rounded(_ value: Double, decimals: Int) -> Double {
    guard value.isFinite, value != 0 else { return value }
    // Beyond these, nothing is rounded or all is.
    if decimals > 323 { return value }
    if decimals < -309 { return value.sign == .minus ? -0.0 : 0 }
    let digits = scaled(value, by: decimals)
    let magnitude = Double("\(digits.decimal)e\(-decimals)") ?? value.magnitude
    return value.sign == .minus ? -magnitude : magnitude
  }
}
