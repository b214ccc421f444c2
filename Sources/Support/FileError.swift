import Glibc

/// What is wrong with a file, a folder or its contents, or what the system refused: which one, where in it, and why.
///
/// A parser knows the place and not the file, so an error is made where something is wrong and completed by
/// ``located(path:column:part:offset:)`` on its way up.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that treat the kinds differently.
  public enum Kind: Sendable, Hashable {
    /// The system, or a library of it, could not do what was asked for.
    case system
    /// The bytes contradict the format: truncated, overwritten or of another format.
    case damaged
    /// The contents are well-formed as far as they were read, but use something that is not supported.
    case unsupported
    /// The contents are well-formed and contradict what they are to be used with.
    case conflict
    /// What was passed in cannot be written or drawn.
    case invalidInput
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What was tried, in words that follow "cannot": "read", "write", "rename"; empty if it is not about an operation.
  public let operation: String
  /// The file or folder; empty where it is not known.
  public private(set) var path: String
  /// The column's path with dots, if one column is concerned.
  public private(set) var column: String?
  /// The part of the file that is read as a whole, in words: "row group 0".
  public private(set) var part: String?
  /// Byte offset in the file of what is wrong, if it is known.
  public private(set) var offset: Int?
  /// The system's error number (`errno`), 0 if the system reported none.
  public let code: Int32
  /// What went wrong, in the system's or our own words, without the place.
  public let reason: String
  /// The whole sentence, where it is not made of the other parts.
  private let sentence: String?

  /// Makes the error of an operation on a file from a system error number.
  public init(_ operation: String, _ path: String, code: Int32) {
    self.init(operation, path, code: code, reason: String(cString: strerror(code)))
  }

  /// Makes the error of an operation on a file with a reason of our own.
  public init(_ operation: String, _ path: String, code: Int32 = 0, reason: String) {
    kind = .system
    self.operation = operation
    self.path = path
    self.code = code
    self.reason = reason
    sentence = nil
  }

  /// Makes the error of some contents, whose file is filled in later.
  public init(_ kind: Kind, _ reason: String, offset: Int? = nil) {
    self.init(kind, path: "", reason, offset: offset, sentence: nil)
  }

  /// Makes an error that is told by a sentence of its own.
  ///
  /// - Parameters:
  ///   - kind: What kind of failure it is.
  ///   - path: The file or folder; empty if none is concerned.
  ///   - reason: What went wrong, without the place.
  ///   - offset: The byte that is wrong, if it is known.
  ///   - sentence: What is wrong, where, and what to do.
  public init(_ kind: Kind, path: String = "", _ reason: String, offset: Int? = nil, sentence: String) {
    self.init(kind, path: path, reason, offset: offset, sentence: Optional(sentence))
  }

  private init(_ kind: Kind, path: String, _ reason: String, offset: Int?, sentence: String?) {
    self.kind = kind
    self.path = path
    self.offset = offset
    self.reason = reason
    self.sentence = sentence
    operation = ""
    code = 0
  }

  /// Makes an error from the last system error of this thread.
  static func last(_ operation: String, _ path: String) -> FileError {
    FileError(operation, path, code: errno)
  }

  /// Makes the error of a pipe, a device or a socket where a file is needed.
  public static func noRegularFile(_ operation: String, _ path: String) -> FileError {
    FileError(operation, path, code: EINVAL, reason: "it is no regular file; name a file")
  }

  /// The bytes contradict the format.
  public static func damaged(_ reason: String, at offset: Int? = nil) -> FileError {
    FileError(.damaged, reason, offset: offset)
  }

  /// The contents would take more memory than the process should get by with.
  public static func tooMuch(_ reason: String, at offset: Int? = nil) -> FileError {
    FileError(.damaged, reason + "; a larger --memory-limit allows more", offset: offset)
  }

  /// The file uses something that is not supported.
  public static func unsupported(_ reason: String, at offset: Int? = nil) -> FileError {
    FileError(.unsupported, reason, offset: offset)
  }

  /// The same error with the place filled in, unless it was known already.
  public func located(
    path: String? = nil, column: String? = nil, part: String? = nil, offset: Int? = nil
  ) -> FileError {
    var error = self
    if error.path.isEmpty, let path { error.path = path }
    if error.column == nil { error.column = column }
    if error.part == nil { error.part = part }
    // An offset says nothing about an unsupported feature.
    if error.offset == nil, kind != .unsupported { error.offset = offset }
    return error
  }

  /// Whether there is nothing under the path.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// "cannot read /x/y: No such file or directory", "/x/y: column text, row group 0: codec LZO is not supported".
  public var description: String {
    if let sentence { return sentence }
    let path = Files.shown(path)
    guard operation.isEmpty else { return "cannot \(operation) \(path): \(reason)" }
    let place = [column.map { "column \($0)" }, part, offset.map { "byte \($0)" }].compactMap { $0 }
    return [path, place.joined(separator: ", "), reason].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
