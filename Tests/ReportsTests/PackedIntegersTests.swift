import Testing

@testable import Reports

/// Reads what `PackedIntegers` writes, as the page's script does.
private func unpack(_ text: String) -> [Int] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  var integers: [Int] = []
  var value = 0
  var shift = 0
  for byte in text.utf8 {
    guard let bits = alphabet.firstIndex(of: byte) else { return [] }
    value |= (bits & 31) << shift
    shift += 5
    if bits & 32 == 0 {
      integers.append(value)
      value = 0
      shift = 0
    }
  }
  return integers
}

@Suite("Packed integers")
struct PackedIntegersTests {
  @Test("small numbers take one character, and all numbers come back")
  func roundTrip() {
    #expect(PackedIntegers.pack([0, 31]) == "Af")
    #expect(PackedIntegers.pack([32]) == "gB")
    let values = [0, 1, 31, 32, 33, 1_023, 1_024, 1 << 31, 1 << 44, Int.max]
    #expect(unpack(PackedIntegers.pack(values)) == values)
  }

  @Test("ascending numbers are stored as differences")
  func ascending() {
    #expect(unpack(PackedIntegers.pack(ascending: [100, 100, 130, 4_000])) == [100, 0, 30, 3_870])
  }

  @Test("zeros at both ends of counts are left out")
  func sparse() {
    #expect(unpack(PackedIntegers.pack(sparse: [0, 0, 7, 0, 9, 0])) == [2, 7, 0, 9])
    #expect(PackedIntegers.pack(sparse: [0, 0]) == "")
    #expect(PackedIntegers.pack(sparse: []) == "")
  }

  @Test("signed numbers alternate around 0")
  func signed() {
    var packed = PackedIntegers()
    for value in [0, -1, 1, -2, 2] { packed.append(signed: value) }
    #expect(unpack(packed.text) == [0, 1, 2, 3, 4])
  }

  @Test("a negative count, which only a damaged file holds, becomes 0")
  func negative() {
    #expect(unpack(PackedIntegers.pack([-5])) == [0])
  }
}
