public import Support

/// Why a columnar file could not be read or written, and where.
///
/// The description reads "FILE: column messages.list.element.content, row group 0: codec LZO is not supported".
public struct ColumnarFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that treat the kinds differently.
  public enum Kind: Sendable, Hashable {
    /// The system could not read or write the file.
    case system(FileError)
    /// The bytes contradict the format: truncated, overwritten or of another format.
    case damaged
    /// The file is well-formed as far as it was read, but uses something that is not supported.
    case unsupported
    /// The values passed in do not fit the schema.
    case invalidInput
  }

  /// The part of a file that is read as a whole.
  public enum Part: Sendable, Hashable, CustomStringConvertible {
    /// A record batch of an Arrow file, counted from 0.
    case batch(Int)
    /// A row group of a Parquet file, counted from 0.
    case rowGroup(Int)

    /// The part by name and number.
    public var description: String {
      switch self {
      case .batch(let index): "record batch \(index)"
      case .rowGroup(let index): "row group \(index)"
      }
    }
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The file.
  public internal(set) var path: String
  /// The column's path with dots, if one column is concerned.
  public internal(set) var column: String?
  /// The record batch or row group, if one is concerned.
  public internal(set) var part: Part?
  /// Byte offset in the file of what is wrong, if it is known.
  public internal(set) var offset: Int?
  /// What is wrong, without the place.
  public let problem: String

  init(_ kind: Kind, _ problem: String, offset: Int? = nil) {
    self.kind = kind
    self.problem = problem
    self.offset = offset
    path = ""
  }

  /// The bytes contradict the format.
  static func damaged(_ problem: String, at offset: Int? = nil) -> ColumnarFileError {
    ColumnarFileError(.damaged, problem, offset: offset)
  }

  /// The file uses something that is not supported.
  static func unsupported(_ problem: String, at offset: Int? = nil) -> ColumnarFileError {
    ColumnarFileError(.unsupported, problem, offset: offset)
  }

  /// Makes the error of a file that the system could not open, read or write.
  public init(_ error: FileError) {
    self.init(.system(error), error.reason)
    path = error.path
  }

  /// The same error with the place filled in, unless it was known already.
  func located(
    path: String? = nil, column: String? = nil, part: Part? = nil, offset: Int? = nil
  ) -> ColumnarFileError {
    var error = self
    if error.path.isEmpty, let path { error.path = path }
    if error.column == nil { error.column = column }
    if error.part == nil { error.part = part }
    // An offset says nothing about an unsupported feature.
    if error.offset == nil, kind != .unsupported { error.offset = offset }
    return error
  }

  /// File, place and problem in one line.
  public var description: String {
    if case .system(let error) = kind { return error.description }
    let place = [column.map { "column \($0)" }, part?.description, offset.map { "byte \($0)" }].compactMap { $0 }
    return ([path] + (place.isEmpty ? [] : [place.joined(separator: ", ")]) + [problem]).joined(separator: ": ")
  }
}
