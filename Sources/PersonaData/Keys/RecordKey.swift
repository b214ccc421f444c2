import Datasets
/// What identifies a record of a persona, its label by number.
struct RecordKey: Equatable {
  /// The label's number in a ``LabelTable``.
  let label: Int
  let promptIndex: Int
  let questionIndex: Int

  /// Keys whose questions differ only in this many of their last bits belong together.
  static let neighbourBits = 5
  /// Differs from run to run, so that no input can be made of keys that collide.
  private static let seed = UInt64.random(in: .min ... .max)

  /// A hash of 64 bits that neighbours share: records stand in the order of their questions, and what follows one another
  /// then stands together.
  var neighbourhood: UInt64 {
    let numbers = UInt64(bitPattern: Int64(promptIndex)) ^ Self.seed
    let others = UInt64(bitPattern: Int64(questionIndex >> Self.neighbourBits)) ^ UInt64(label) << 48
    return Self.mix(Self.mix(numbers, 0x9E37_79B9_7F4A_7C15) ^ others, 0xD6E8_FEB8_6659_FD93)
  }

  /// The key's place among its neighbours.
  var neighbour: Int { questionIndex & (1 << Self.neighbourBits - 1) }

  private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}
