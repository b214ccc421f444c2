import Glibc

/// A failed operation on a file or folder.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried, in words that follow "cannot": "read", "write", "rename".
  public let operation: String
  /// The file or folder that was meant.
  public let path: String
  /// The system's error number (`errno`), 0 if the system reported none.
  public let code: Int32
  /// What went wrong, in the system's or our own words.
  public let reason: String

  /// Makes an error from a system error number.
  public init(_ operation: String, _ path: String, code: Int32) {
    self.init(operation, path, code: code, reason: String(cString: strerror(code)))
  }

  /// Makes an error from the last system error of this thread.
  static func last(_ operation: String, _ path: String) -> FileError {
    FileError(operation, path, code: errno)
  }

  /// Makes the error of a pipe, a device or a socket where a file is needed.
  public static func noRegularFile(_ operation: String, _ path: String) -> FileError {
    FileError(operation, path, code: EINVAL, reason: "it is no regular file; name a file")
  }

  /// Makes an error with a reason of our own.
  public init(_ operation: String, _ path: String, code: Int32 = 0, reason: String) {
    self.operation = operation
    self.path = path
    self.code = code
    self.reason = reason
  }

  /// Whether there is nothing under the path.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// "cannot read /x/y: No such file or directory"
  public var description: String { "cannot \(operation) \(path): \(reason)" }
}
