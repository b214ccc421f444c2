/// A whole number of any size, as Python's `int` beyond 64 bits.
///
/// Sign and magnitude; the magnitude has no leading zero limbs, and zero is not negative.
struct BigInteger: Sendable, Hashable {
  /// Limbs of 32 bits, the least significant first.
  private(set) var limbs: [UInt32]
  /// Whether the number is below zero.
  private(set) var isNegative: Bool

  private init(limbs: [UInt32], isNegative: Bool) {
    var limbs = limbs
    while limbs.last == 0 { limbs.removeLast() }
    self.limbs = limbs
    self.isNegative = isNegative && !limbs.isEmpty
  }

  init(_ value: Int) {
    let magnitude = value.magnitude
    self.init(
      limbs: [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)], isNegative: value < 0
    )
  }

  /// The whole part of a finite number.
  init(truncating value: Double) {
    let whole = value.magnitude.rounded(.down)
    guard whole >= 1 else {
      self.init(0)
      return
    }
    let exponent = Int(whole.exponent)
    let significand = whole.significandBitPattern | (1 << 52)
    let base = BigInteger(Int(significand))
    let magnitude = exponent >= 52 ? base.shiftedLeft(exponent - 52) : base.shiftedRight(52 - exponent)
    self.init(limbs: magnitude.limbs, isNegative: value < 0)
  }

  /// Reads digits of a base up to 36 without sign; nil where a byte is no digit or there is none.
  ///
  /// - Complexity: O(count squared).
  init?(digits: some Sequence<UInt8>, radix: Int) {
    var limbs: [UInt32] = []
    var isEmpty = true
    for byte in digits {
      guard let digit = Self.digit(byte), digit < radix else { return nil }
      isEmpty = false
      Self.multiplyAdd(&limbs, by: UInt32(radix), adding: UInt32(digit))
    }
    guard !isEmpty else { return nil }
    self.init(limbs: limbs, isNegative: false)
  }

  /// The value where it fits 64 bits.
  var int: Int? {
    guard limbs.count <= 2 else { return nil }
    let low = limbs.isEmpty ? 0 : UInt64(limbs[0])
    let magnitude = limbs.count < 2 ? low : low | UInt64(limbs[1]) << 32
    if isNegative { return magnitude <= UInt64(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil }
    return Int(exactly: magnitude)
  }

  var isZero: Bool { limbs.isEmpty }
  var isOdd: Bool { (limbs.first ?? 0) & 1 == 1 }

  /// Number of bits of the magnitude.
  var bitWidth: Int { limbs.last.map { limbs.count * 32 - $0.leadingZeroBitCount } ?? 0 }

  /// The nearest double, ties to even; infinite where there is none.
  var double: Double {
    let width = bitWidth
    guard width > 64 else {
      let value = Double(limbs.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) })
      return isNegative ? -value : value
    }
    guard width <= 1024 else { return isNegative ? -.infinity : .infinity }
    let shift = width - 64
    let top = shiftedRight(shift).limbs.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
    // A sticky bit stands for everything that was shifted out, so that rounding sees whether a tie is exact.
    let isExact = trailingZeroBitCount >= shift
    let value = Double(isExact ? top : top | 1)
    let scaled = Double(sign: .plus, exponent: shift, significand: value)
    return isNegative ? -scaled : scaled
  }

  private var trailingZeroBitCount: Int {
    guard let index = limbs.firstIndex(where: { $0 != 0 }) else { return 0 }
    return index * 32 + limbs[index].trailingZeroBitCount
  }

  /// The decimal digits with a minus sign where below zero.
  ///
  /// - Complexity: O(digits squared).
  var decimal: String { text(radix: 10) }

  /// The digits in a base up to 36.
  func text(radix: Int) -> String {
    guard !isZero else { return "0" }
    // The largest power of the base that fits one limb is divided out at a time.
    var chunk = radix
    var width = 1
    while chunk * radix <= Int(UInt32.max) {
      chunk *= radix
      width += 1
    }
    var rest = limbs
    var parts: [String] = []
    while !rest.isEmpty {
      let digits = String(Self.divide(&rest, by: UInt32(chunk)), radix: radix)
      parts.append(rest.isEmpty ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits)
    }
    return (isNegative ? "-" : "") + parts.reversed().joined()
  }

  var negated: BigInteger { BigInteger(limbs: limbs, isNegative: !isNegative) }
  var magnitude: BigInteger { BigInteger(limbs: limbs, isNegative: false) }

  static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}

extension BigInteger: Comparable {
  static func < (left: BigInteger, right: BigInteger) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let order = compare(left.limbs, right.limbs)
    return left.isNegative ? order > 0 : order < 0
  }

  private static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for index in left.indices.reversed() where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return 0
  }
}

// MARK: - Arithmetic

extension BigInteger {
  static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    if left.isNegative == right.isNegative {
      return BigInteger(limbs: sum(left.limbs, right.limbs), isNegative: left.isNegative)
    }
    return compare(left.limbs, right.limbs) >= 0
      ? BigInteger(limbs: difference(left.limbs, right.limbs), isNegative: left.isNegative)
      : BigInteger(limbs: difference(right.limbs, left.limbs), isNegative: right.isNegative)
  }

  static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + right.negated }

  /// - Complexity: O(product of the lengths).
  static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    guard !left.isZero, !right.isZero else { return BigInteger(0) }
    var result = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (i, a) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in right.limbs.enumerated() {
        let value = UInt64(a) * UInt64(b) + UInt64(result[i + j]) + carry
        result[i + j] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      result[i + right.limbs.count] = UInt32(carry)
    }
    return BigInteger(limbs: result, isNegative: left.isNegative != right.isNegative)
  }

  /// Quotient rounded down and the remainder with the divisor's sign, as Python's `//` and `%`; the divisor is not zero.
  func dividedFloor(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    let (quotient, remainder) = Self.divideMagnitudes(limbs, divisor.limbs)
    let truncated = BigInteger(limbs: quotient, isNegative: isNegative != divisor.isNegative)
    let rest = BigInteger(limbs: remainder, isNegative: isNegative)
    guard !rest.isZero, isNegative != divisor.isNegative else { return (truncated, rest) }
    return (truncated - BigInteger(1), rest + divisor)
  }

  func raised(to exponent: Int) -> BigInteger {
    var result = BigInteger(1)
    var base = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result * base }
      rest >>= 1
      if rest > 0 { base = base * base }
    }
    return result
  }

  func shiftedLeft(_ count: Int) -> BigInteger {
    let (whole, bits) = count.quotientAndRemainder(dividingBy: 32)
    var result = [UInt32](repeating: 0, count: whole)
    var carry: UInt32 = 0
    for limb in limbs {
      result.append(bits == 0 ? limb : limb << UInt32(bits) | carry)
      carry = bits == 0 ? 0 : limb >> UInt32(32 - bits)
    }
    result.append(carry)
    return BigInteger(limbs: result, isNegative: isNegative)
  }

  /// The magnitude without its lowest bits.
  func shiftedRight(_ count: Int) -> BigInteger {
    let (whole, bits) = count.quotientAndRemainder(dividingBy: 32)
    guard whole < limbs.count else { return BigInteger(0) }
    var result = Array(limbs[whole...])
    if bits > 0 {
      for index in result.indices {
        let high = index + 1 < result.count ? result[index + 1] << UInt32(32 - bits) : 0
        result[index] = result[index] >> UInt32(bits) | high
      }
    }
    return BigInteger(limbs: result, isNegative: isNegative)
  }

  private static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    let (long, short) = left.count >= right.count ? (left, right) : (right, left)
    var result = long
    var carry: UInt64 = 0
    for index in long.indices {
      let value = UInt64(long[index]) + (index < short.count ? UInt64(short[index]) : 0) + carry
      result[index] = UInt32(truncatingIfNeeded: value)
      carry = value >> 32
    }
    if carry > 0 { result.append(UInt32(carry)) }
    return result
  }

  /// The left magnitude is not the smaller one.
  private static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result = left
    var borrow: Int64 = 0
    for index in left.indices {
      var value = Int64(left[index]) - (index < right.count ? Int64(right[index]) : 0) - borrow
      borrow = value < 0 ? 1 : 0
      if value < 0 { value += 1 << 32 }
      result[index] = UInt32(value)
    }
    return result
  }

  private static func multiplyAdd(_ limbs: inout [UInt32], by factor: UInt32, adding addend: UInt32) {
    var carry = UInt64(addend)
    for index in limbs.indices {
      let value = UInt64(limbs[index]) * UInt64(factor) + carry
      limbs[index] = UInt32(truncatingIfNeeded: value)
      carry = value >> 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  /// Divides in place and returns the remainder.
  private static func divide(_ limbs: inout [UInt32], by divisor: UInt32) -> UInt32 {
    var remainder: UInt64 = 0
    for index in limbs.indices.reversed() {
      let value = remainder << 32 | UInt64(limbs[index])
      limbs[index] = UInt32(value / UInt64(divisor))
      remainder = value % UInt64(divisor)
    }
    while limbs.last == 0 { limbs.removeLast() }
    return UInt32(remainder)
  }

  /// Schoolbook division (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D).
  private static func divideMagnitudes(_ left: [UInt32], _ right: [UInt32]) -> ([UInt32], [UInt32]) {
    guard compare(left, right) >= 0 else { return ([], left) }
    if right.count == 1 {
      var quotient = left
      let remainder = divide(&quotient, by: right[0])
      return (quotient, remainder == 0 ? [] : [remainder])
    }
    let shift = right[right.count - 1].leadingZeroBitCount
    let divisor = BigInteger(limbs: right, isNegative: false).shiftedLeft(shift).limbs
    var rest = BigInteger(limbs: left, isNegative: false).shiftedLeft(shift).limbs
    rest.append(contentsOf: repeatElement(0, count: max(1, left.count + 1 - rest.count)))
    let count = divisor.count
    var quotient = [UInt32](repeating: 0, count: rest.count - count)
    let top = UInt64(divisor[count - 1])
    let next = UInt64(divisor[count - 2])
    for j in quotient.indices.reversed() {
      let head = UInt64(rest[j + count]) << 32 | UInt64(rest[j + count - 1])
      var guess = head / top
      var excess = head % top
      while guess > UInt64(UInt32.max) || guess * next > excess << 32 | UInt64(rest[j + count - 2]) {
        guess -= 1
        excess += top
        if excess > UInt64(UInt32.max) { break }
      }
      var borrow: Int64 = 0
      var carry: UInt64 = 0
      for i in 0..<count {
        let product = guess * UInt64(divisor[i]) + carry
        carry = product >> 32
        let value = Int64(rest[i + j]) - borrow - Int64(product & 0xFFFF_FFFF)
        rest[i + j] = UInt32(truncatingIfNeeded: value)
        borrow = value < 0 ? 1 : 0
      }
      let value = Int64(rest[j + count]) - borrow - Int64(carry)
      rest[j + count] = UInt32(truncatingIfNeeded: value)
      if value < 0 {
        guess -= 1
        var carry: UInt64 = 0
        for i in 0..<count {
          let sum = UInt64(rest[i + j]) + UInt64(divisor[i]) + carry
          rest[i + j] = UInt32(truncatingIfNeeded: sum)
          carry = sum >> 32
        }
        rest[j + count] = UInt32(truncatingIfNeeded: UInt64(rest[j + count]) + carry)
      }
      quotient[j] = UInt32(guess)
    }
    let remainder = BigInteger(limbs: Array(rest[..<count]), isNegative: false).shiftedRight(shift).limbs
    return (quotient, remainder)
  }
}
