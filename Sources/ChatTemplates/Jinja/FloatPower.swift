#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Powers of floating-point numbers, with Python's errors.
enum FloatPower {
  static func power(_ base: Double, _ exponent: Double) throws(TemplateError) -> Double {
    if base == 0, exponent < 0 {
      throw TemplateError(
        .failed, "0.0 cannot be raised to a negative power", className: "ZeroDivisionError")
    }
    if base < 0, base.isFinite, exponent.isFinite, exponent.rounded() != exponent {
      throw .unsupported("a negative number raised to a fraction is a complex number, which is not supported")
    }
    let result = pow(base, exponent)
    if result.isInfinite, base.isFinite, exponent.isFinite {
      throw .overflow("(34, 'Numerical result out of range')")
    }
    return result
  }
}
