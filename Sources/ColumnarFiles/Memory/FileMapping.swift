import CFileMappings

/// Sole owner of a part of a file in memory.
///
/// The bytes are the file's own: they change when another program writes into the file, and become zeroes where it is
/// cut short. What must stay as it was checked is to be copied, and `InputFile.checkUnchanged` tells whether it happened.
struct FileMapping: ~Copyable, @unchecked Sendable {
  // Only pointers to memory that nobody in this process writes.
  private let mapping: fm_mapping
  /// The first byte; `MemoryBlock.padding` more than were asked for may be read.
  let base: UnsafeRawPointer

  /// Maps `count` bytes of an open file at `offset`, all of which it has; nil where the system cannot or there is
  /// nothing to map.
  init?(descriptor: Int32, offset: Int, count: Int) {
    guard count > 0 else { return nil }
    let mapping = fm_map(descriptor, Int64(offset), count, MemoryBlock.padding)
    guard let base = mapping.bytes else { return nil }
    self.mapping = mapping
    self.base = base
  }

  deinit { withUnsafePointer(to: mapping) { fm_unmap($0) } }

  /// Whether no page was missing when it was looked at. A page that the file now ends in is there, with zeroes at its end.
  var isIntact: Bool { withUnsafePointer(to: mapping) { fm_is_intact($0) } }
}
