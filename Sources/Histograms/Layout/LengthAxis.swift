import Glibc

/// Places lengths on a logarithmic axis of whole pixels.
struct LengthAxis: Sendable, Equatable {
  let domain: LengthDomain
  /// The pixel column where the domain begins.
  let left: Int
  /// The width of the domain in pixels.
  let width: Int
  /// How far outside the axis the lengths beyond it are shown: the distance to the middle of their slot.
  let slotDistance: (less: Int, more: Int)

  init(domain: LengthDomain, left: Int = 116, width: Int = 640, slotDistance: (less: Int, more: Int) = (26, 28)) {
    self.domain = domain
    self.left = left
    self.width = width
    self.slotDistance = slotDistance
  }

  var right: Int { left + width }

  /// The pixel column where the bin that begins at `edge` begins.
  func x(edge: Int) -> Int {
    x(position: log2(Double(edge) - 0.5))
  }

  /// The pixel column of `length`; the middle of a slot for a length outside the domain.
  func x(length: Int) -> Int {
    if length < domain.lower { return left - slotDistance.less }
    if length >= domain.upper { return right + slotDistance.more }
    return x(position: log2(Double(length) - 0.5))
  }

  /// Where `length`, which lies in the domain, is on the axis, in pixels and not rounded.
  func exactX(length: Int) -> Double {
    let position = log2(Double(length) - 0.5) - Double(domain.lowerOctave)
    return Double(left) + min(max(Double(width) * position / Double(domain.octaves), 0), Double(width))
  }

  /// The pixel column of the power of two with the exponent `octave`.
  func x(octave: Int) -> Int {
    x(position: Double(octave))
  }

  /// The exponents at which grid lines stand: every one, or every second, fourth … where they come too close.
  var gridOctaves: [Int] {
    var step = 1
    while Double(width) * Double(step) / Double(domain.octaves) < Self.closestGridLines { step *= 2 }
    return Array(stride(from: domain.lowerOctave, through: domain.upperOctave, by: step))
  }

  /// The least pixels between two grid lines.
  private static let closestGridLines = 60.0

  private func x(position: Double) -> Int {
    let offset = Double(width) * (position - Double(domain.lowerOctave)) / Double(domain.octaves)
    return left + min(max(Int(offset.rounded()), 0), width)
  }

  static func == (left: LengthAxis, right: LengthAxis) -> Bool {
    left.domain == right.domain && left.left == right.left && left.width == right.width
      && left.slotDistance == right.slotDistance
  }
}
