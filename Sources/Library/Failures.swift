public import CTokenstats
import ChatTemplates
import Glibc
import Support
import TokenStatistics

/// What a function of the library returns beside TS_OK, with the rest of what `ts_error` tells.
struct Failure: Sendable {
  /// One of the kinds of `tokenstats.h`.
  let kind: Int
  /// A sentence.
  let message: String
  /// The row, from 0; nil where none is concerned.
  var row: Int?

  /// An argument is missing or out of range.
  static func argument(_ message: String) -> Failure { Failure(kind: TS_ERROR_ARGUMENT, message: message) }

  /// A row cannot be counted.
  init(_ failure: RowFailure) {
    self.init(
      kind: failure.kind == .template ? TS_ERROR_TEMPLATE : TS_ERROR_ROW,
      message: "row \(failure.row): \(failure.message)", row: failure.row)
  }

  /// An array cannot be read.
  init(column error: FileError) { self.init(kind: TS_ERROR_COLUMN, message: error.description) }

  /// Statistics cannot be read or added up.
  init(statistics error: FileError) { self.init(kind: TS_ERROR_STATISTICS, message: error.description) }

  /// A model cannot be opened.
  init(model error: InputError) {
    let kind =
      switch error.kind {
      case .unknownModel, .missing: TS_ERROR_UNKNOWN_MODEL
      case .template: TS_ERROR_TEMPLATE
      default: TS_ERROR_VOCABULARY
      }
    self.init(kind: kind, message: error.description)
  }

  init(kind: Int, message: String, row: Int? = nil) {
    self.kind = kind
    self.message = message
    self.row = row
  }

  /// Tells the caller.
  ///
  /// - Returns: The kind.
  func tell(_ error: UnsafeMutablePointer<ts_error>?) -> Int32 {
    if let error {
      ts_error_clear(error)
      error.pointee = ts_error(kind: Int32(kind), row: Int64(row ?? -1), message: CText.copy(message))
    }
    return Int32(kind)
  }
}

/// Strings that cross the border.
enum CText {
  /// A copy that `ts_string_free` frees; NULL without memory.
  static func copy(_ text: String) -> UnsafeMutablePointer<CChar>? { text.withCString { strdup($0) } }

  /// A copy of UTF-8 text that holds no NUL.
  static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? { copy(String(decoding: bytes, as: UTF8.self)) }
}

/// See `tokenstats.h`.
@_cdecl("ts_error_clear")
public func clearError(_ error: UnsafeMutablePointer<ts_error>?) {
  guard let error else { return }
  free(error.pointee.message)
  error.pointee = ts_error(kind: Int32(TS_OK), row: -1, message: nil)
}

/// See `tokenstats.h`.
@_cdecl("ts_string_free")
public func freeString(_ string: UnsafeMutablePointer<CChar>?) { free(string) }

/// See `tokenstats.h`.
@_cdecl("ts_abi_version")
public func abiVersion() -> Int32 { Int32(TS_ABI_VERSION) }
