/// A column of texts: one buffer of bytes and a range of it for each row.
///
/// The bytes are as the file holds them: nothing says that they are well-formed UTF-8.
public struct UTF8Column: Sendable {
  /// In one place, because rows are asked for one by one: a copy of a column counts one reference and not all of them.
  private final class Storage: Sendable {
    let count: Int
    let validity: Validity
    let offsets: Offsets
    let buffer: BufferSlice

    init(count: Int, validity: Validity, offsets: Offsets, buffer: BufferSlice) {
      self.count = count
      self.validity = validity
      self.offsets = offsets
      self.buffer = buffer
    }
  }

  private let storage: Storage

  /// Number of rows.
  public var count: Int { storage.count }
  /// Which rows hold a text.
  public var validity: Validity { storage.validity }
  var offsets: Offsets { storage.offsets }
  var buffer: BufferSlice { storage.buffer }

  /// - Precondition: the offsets were checked for `count` rows against the size of `buffer`.
  init(count: Int, validity: Validity, offsets: Offsets, buffer: BufferSlice) {
    precondition(validity.count == count && offsets.end <= buffer.count)
    storage = Storage(count: count, validity: validity, offsets: offsets, buffer: buffer)
  }

  /// The bytes of all rows. There may be others between rows, and rows may share bytes.
  public var data: RawSpan {
    @_lifetime(borrow self)
    get {
      // The storage owns the bytes, and `self` keeps it alive.
      let buffer = storage.buffer
      return _overrideLifetime(buffer.bytes, borrowing: self)
    }
  }

  /// Whether rows may share bytes, as those of a dictionary do.
  public var mayShareBytes: Bool { storage.offsets.isScattered }

  /// The range of `data` that is the text of a row; for a null row this may be any valid range, most often an empty
  /// one.
  ///
  /// - Precondition: `row` is a row of the column.
  @inline(__always)
  public func range(_ row: Int) -> Range<Int> {
    precondition(row >= 0 && row < storage.count)
    return storage.offsets.range(row)
  }

  /// The bytes of a row, none if it is null.
  ///
  /// - Precondition: `row` is a row of the column.
  @_lifetime(borrow self)
  public func bytes(_ row: Int) -> RawSpan {
    let range = isNull(row) ? 0..<0 : range(row)
    return _overrideLifetime(data.extracting(range), borrowing: self)
  }

  /// Whether the row holds no text.
  ///
  /// - Precondition: `row` is a row of the column.
  @inline(__always)
  public func isNull(_ row: Int) -> Bool { storage.validity.isNull(row) }

  /// A copy of a row's text with U+FFFD for what is not UTF-8, nil if it is null. For messages and labels, not for
  /// bulk text.
  ///
  /// - Precondition: `row` is a row of the column.
  public func string(_ row: Int) -> String? {
    if isNull(row) { return nil }
    return bytes(row).withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 1) { copy in
        // Bytes of a mapped file may change between being found well-formed and being copied.
        copy.copyMemory(from: bytes)
        return String(decoding: copy, as: UTF8.self)
      }
    }
  }

  func slice(_ rows: Range<Int>) -> UTF8Column {
    UTF8Column(
      count: rows.count, validity: validity.slice(rows), offsets: offsets.slice(rows), buffer: buffer)
  }
}
