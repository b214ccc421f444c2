public import Support

/// A file that lines are added to; it appears under its name when it is complete.
public struct LineFile: ~Copyable {
  private static let limit = 1 << 18

  private let path: String
  private var file: AtomicFile
  private var pending: [UInt8] = []

  /// Begins a file.
  ///
  /// - Throws: `InputError` if it cannot be written, as everything here.
  public init(_ path: String) throws(InputError) {
    self.path = path
    do throws(FileError) { file = try AtomicFile(path: path) } catch {
      throw InputError(.unwritable, dataset: path, error.description)
    }
  }

  /// Adds bytes.
  public mutating func write(_ bytes: [UInt8]) throws(InputError) {
    pending += bytes
    if pending.count >= Self.limit { try flush() }
  }

  private mutating func flush() throws(InputError) {
    var bytes: [UInt8] = []
    swap(&bytes, &pending)
    do throws(FileError) { try file.write(bytes.span.bytes) } catch {
      throw InputError(.unwritable, dataset: path, error.description)
    }
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &pending)
  }

  /// Puts the complete file under its name.
  public consuming func finish() throws(InputError) {
    try flush()
    let path = path
    do throws(FileError) { try file.commit() } catch {
      throw InputError(.unwritable, dataset: path, error.description)
    }
  }
}
