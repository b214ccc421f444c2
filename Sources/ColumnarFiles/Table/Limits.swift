/// How much a file may claim: what exceeds a limit is damaged or made to exhaust memory, and is refused.
///
/// The defaults accept every file that common writers make. A service that reads files of strangers may want smaller
/// ones.
public struct Limits: Sendable, Hashable {
  /// Bytes of one buffer or page after decompression, and of one column's texts in a batch; 4 GiB at most.
  ///
  /// Independently of this, a buffer that claims to expand to more than its codec can make of it is refused.
  public var bufferBytes = MemoryBlock.limit
  /// Bytes of memory that the columns of one batch take in all.
  public var batchBytes = 1 << 34
  /// Rows of one record batch of an Arrow file.
  public var batchRows = Int(Int32.max)
  /// Values of one page, and of one column in a batch of a Parquet file, elements of lists included.
  public var batchValues = 1 << 26
  /// Levels of lists and structs within each other.
  public var nesting = 64
  /// Columns, those within lists and structs included.
  public var columns = 1 << 20
  /// Bytes of a footer or of the header of a message.
  public var metadataBytes = 1 << 29

  /// Makes the default limits.
  public init() {}
}
