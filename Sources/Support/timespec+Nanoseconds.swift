import Glibc

extension timespec {
  /// The time in nanoseconds, or the nearest number that can be told: file systems keep times that 64 bits cannot hold.
  var nanoseconds: Int {
    let (whole, isBeyond) = Int(tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isSumBeyond) = whole.addingReportingOverflow(Int(tv_nsec))
    guard isBeyond || isSumBeyond else { return sum }
    return tv_sec < 0 ? .min : .max
  }
}
