import CFileMappings
import Support

/// Sole owner of read-only memory: made by the process, or a file's bytes.
struct TableMemory: ~Copyable, @unchecked Sendable {
  // Sendable: nothing writes to the memory until deinit.

  /// All bytes.
  let bytes: UnsafeRawBufferPointer
  private let mapping: fm_mapping?

  /// The message with which the process ends, because counting cannot continue without the tables.
  private static let lastWords: StaticString = """
    error: the compiled tables in the cache were cut short while they were in use: run again, they are made anew

    """

  /// Takes ownership of memory from `allocate`.
  init(allocated bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    mapping = nil
  }

  /// Maps a file, or reads it if no SIGBUS handler is installed for files that are cut short while they are mapped; nil
  /// if it is empty or cannot be read.
  ///
  /// With the program's handler, which exits with a message, no missing page is taken for a table.
  init?(_ file: borrowing PrivateFile) {
    let size = file.stamp.size
    guard size > 0 else { return nil }
    let mapping = Self.lastWords.withUTF8Buffer { words in
      words.withMemoryRebound(to: CChar.self) { fm_map_vital(file.descriptor, size, $0.baseAddress) }
    }
    if let start = mapping.bytes {
      bytes = UnsafeRawBufferPointer(start: start, count: size)
      self.mapping = mapping
      return
    }
    let start = LargePages.allocate(byteCount: size, alignment: 4_096)
    let memory = UnsafeMutableRawBufferPointer(start: start, count: size)
    guard file.read(into: memory) else {
      memory.deallocate()
      return nil
    }
    bytes = UnsafeRawBufferPointer(memory)
    self.mapping = nil
  }

  deinit {
    if let mapping {
      withUnsafePointer(to: mapping) { fm_unmap($0) }
    } else {
      bytes.deallocate()
    }
  }
}
