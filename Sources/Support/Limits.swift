import Glibc

/// How much a file may claim, and how much memory is spent on it: what exceeds a limit is damaged or made to exhaust the
/// machine, and is refused with a message.
///
/// The defaults accept every file that common writers make. Those that concern memory follow from how much of it the
/// process should get by with; `docs/limits.md` lists them all.
public struct Limits: Sendable, Hashable {
  /// Bytes of memory that the process should get by with.
  public let memory: Int
  /// Bytes of one buffer or page after decompression, and of one column's texts in a batch; 4 GiB at most.
  public var bufferBytes: Int
  /// Bytes of memory that the columns of one batch take in all.
  public var batchBytes: Int
  /// Bytes of a row of JSON or of fields between delimiters, or of a plain text.
  public var rowBytes: Int
  /// Bytes of a file that is read whole: statistics, a template, a vocabulary, a list of names.
  public var wholeBytes: Int
  /// Bytes of a label, and of a value that rows are grouped by.
  public var labelBytes = 1 << 16
  /// Rows of one record batch of an Arrow file.
  public var batchRows = Int(Int32.max)
  /// Rows of a record batch of an Arrow file, which is in memory as a whole, that need no bytes of the file.
  public var freeRows = 1 << 16
  /// Rows beyond those for each byte of the file that the batch has.
  public var rowsPerByte = 64
  /// Rows of a file that need no bytes of it: as many as are worked on in a second or two.
  public var freeFileRows = 1 << 20
  /// Rows of a file beyond those for each of its bytes.
  public var fileRowsPerByte = 8
  /// Values of one page, and of one column in a batch of a Parquet file, elements of lists included.
  public var batchValues = 1 << 26
  /// Bytes that any piece of compressed data may expand to.
  public var freeExpansion = 64 << 20
  /// Bytes beyond those for each compressed byte.
  public var expansion = 2048
  /// Bytes of texts that rows of a file share, as entries of dictionaries: each row counts.
  public var sharedBytes = 1 << 27
  /// Such bytes beyond those for each byte of the file.
  public var sharedPerByte = 2048
  /// Bytes of text that a row of any compressed file may have.
  public var freeText = 1 << 26
  /// Such bytes beyond those for each byte of the file.
  public var textPerByte = 64
  /// Levels of lists and structs within each other.
  public var nesting = 64
  /// Columns of a table, those within lists and structs included.
  public var columns = 1 << 17
  /// Bytes of the names and notes of a table's columns, each as often as it is referred to; a name within structs and
  /// lists has those around it before it.
  public var schemaText = 1 << 25
  /// Such bytes beyond those for each byte of the schema.
  public var schemaTextPerByte = 16
  /// Members of a JSON object that are looked at.
  public var members = 1 << 20
  /// Columns of a table of fields between delimiters.
  public var fields = 1 << 14
  /// Fields that the rows of a wide table lack together, where all are kept, as nulls.
  public var absentFields = 1 << 21
  /// Such fields beyond those for each byte of the rows.
  public var absentFieldsPerByte = 16
  /// Splits of a dataset.
  public var splits = 10_000
  /// Bytes of a footer or of the header of a message.
  public var metadataBytes = 1 << 29

  /// The most bytes of one piece of memory, whatever the process may use.
  public static let largestPiece = 1 << 32

  /// Makes limits for a process that should get by with half of the machine's memory.
  public init() { self.init(memory: Self.usualMemory) }

  /// Makes limits for a process that should get by with some bytes of memory.
  ///
  /// A row is in memory twice at a time, as it was read and as it is counted, beside what the program itself needs.
  public init(memory: Int) {
    self.memory = memory
    rowBytes = min(Self.largestPiece, memory / 5 * 2)
    bufferBytes = rowBytes
    wholeBytes = max(rowBytes, 64 << 20)
    batchBytes = min(4 * Self.largestPiece, memory)
  }

  /// The most bytes that the texts of a schema of so many bytes may have, each as often as it is referred to.
  public func schemaText(ofBytes bytes: Int) -> Int { schemaText + schemaTextPerByte * bytes }

  /// Whether so many rows can be in a batch for which the file has so many bytes.
  public func allows(rows: Int, ofBytes bytes: Int) -> Bool {
    rows <= freeRows || (rows - freeRows) / rowsPerByte <= bytes
  }

  /// Whether a file of so many bytes may have so many rows.
  public func allows(rows: Int, inFileOf bytes: Int) -> Bool {
    rows <= freeFileRows || (rows - freeFileRows) / fileRowsPerByte <= bytes
  }

  /// How many rows a file may have, and what helps a file of more, in words.
  public var fileRowsInWords: String {
    "where \(freeFileRows) and \(fileRowsPerByte) for each byte are read; write equal rows in several files, or without a "
      + "dictionary and compression"
  }

  /// Whether rows of so many bytes may lack so many fields together.
  public func allows(absent fields: Int, inRowsOf bytes: Int) -> Bool {
    fields <= absentFields || (fields - absentFields) / absentFieldsPerByte <= bytes
  }

  /// Whether compressed bytes may expand to so many.
  public func allows(expanding compressed: Int, to bytes: Int) -> Bool {
    bytes <= freeExpansion || (bytes - freeExpansion) / expansion <= compressed
  }

  /// Whether a row of a file of so many bytes, compressed as they are, may have so many bytes of text.
  public func allows(text: Int, inFileOf bytes: Int) -> Bool {
    text <= freeText || (text - freeText) / textPerByte <= bytes
  }

  /// Whether the rows of a file may share so many bytes of text.
  public func allows(sharing shared: Int, inFileOf bytes: Int) -> Bool {
    shared <= sharedBytes || (shared - sharedBytes) / sharedPerByte <= bytes
  }

  /// Half of the machine's memory, or of the address space where less of that is allowed (`ulimit -v`).
  private static let usualMemory: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else {
      return machine / 2
    }
    return min(machine, Int(limit.rlim_cur)) / 2
  }()
}
