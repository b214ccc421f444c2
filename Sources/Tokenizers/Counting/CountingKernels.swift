import CTokenizerKernels

/// The inner loops of counting for one instruction set.
///
/// The fastest set that the processor can run is used unless one is named: `avx512`, `avx2`, `sse2`, `neon` or
/// `portable`.
struct CountingKernels: @unchecked Sendable {
  // Sendable: points to a constant of the C module.

  let functions: UnsafePointer<bk_kernels>

  /// All sets that this processor can run, fastest first.
  static let available: [CountingKernels] = {
    var sets: [CountingKernels] = []
    while let functions = bk_kernels_available(sets.count) { sets.append(CountingKernels(functions: functions)) }
    return sets
  }()

  /// The name that selects the set.
  var name: String { String(cString: functions.pointee.name) }

  /// Whether `text` is well-formed UTF-8.
  ///
  /// - Complexity: O(length of the text).
  func isValidUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let isValid = functions.pointee.is_valid_utf8 else { return UTF8Repair.isValid(text) }
    return isValid(text.baseAddress, text.count) != 0
  }

  /// The set that `name` selects; the fastest one for nil.
  static func selected(name: String? = nil) throws(TokenizerError) -> CountingKernels {
    let found = name.map { name in available.first { $0.name == name } } ?? available.first
    guard let found else { throw .kernelUnavailable(name: name ?? "", available: available.map(\.name)) }
    return found
  }
}

extension Tokenizer {
  /// The name of the set of inner loops that is taken where none is named: the fastest that this processor has.
  public static var fastestKernels: String { CountingKernels.available.first?.name ?? "none" }
}
