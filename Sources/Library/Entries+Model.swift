public import CTokenstats
import Glibc
import Support
import Tokenizers

// Functions of `tokenstats.h`, which says what they do.

extension OpenedModel {
  /// The model that a caller holds; nil for NULL.
  static func held(_ pointer: OpaquePointer?) -> OpenedModel? {
    pointer.map { Unmanaged<OpenedModel>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }
}

/// See `tokenstats.h`.
@_cdecl("ts_kernel")
public func kernel() -> UnsafeMutablePointer<CChar>? { CText.copy(Tokenizer.fastestKernels) }

/// See `tokenstats.h`.
@_cdecl("ts_model_open")
public func openModel(
  _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<ts_model_options>?,
  _ model: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  guard let name, let model else { return Failure.argument("a name and a place for the model are needed").tell(error) }
  var opening = ModelOpening(name: String(cString: name))
  if let options, options.pointee.size >= MemoryLayout<ts_model_options>.size {
    opening.chatTemplate = options.pointee.chat_template.map { String(cString: $0) }
    opening.vocabulary = options.pointee.vocabulary.map { String(cString: $0) }
  }
  do throws(InputError) {
    let opened = OpaquePointer(Unmanaged.passRetained(try OpenedModel(opening)).toOpaque())
    FirstUse.prepare(opened)
    model.pointee = opened
    return Int32(TS_OK)
  } catch let reason { return Failure(model: reason).tell(error) }
}

/// See `tokenstats.h`.
@_cdecl("ts_model_close")
public func closeModel(_ model: OpaquePointer?) {
  if let model { Unmanaged<OpenedModel>.fromOpaque(UnsafeRawPointer(model)).release() }
}

/// See `tokenstats.h`.
@_cdecl("ts_model_describe")
public func describeModel(_ model: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  OpenedModel.held(model).flatMap { CText.copy($0.description) }
}

/// See `tokenstats.h`.
@_cdecl("ts_count_text")
public func countText(
  _ model: OpaquePointer?, _ text: UnsafePointer<CChar>?, _ size: Int, _ count: UnsafeMutablePointer<Int64>?,
  _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  guard let model = OpenedModel.held(model), let count, text != nil || size == 0 else {
    return Failure.argument("a model, a text and a place for the count are needed").tell(error)
  }
  switch model.withCounters({ RowCalls.count(UnsafeRawBufferPointer(start: text, count: size), $0) }) {
  case .success(let number):
    count.pointee = Int64(number)
    return Int32(TS_OK)
  case .failure(let reason): return Failure(kind: TS_ERROR_ROW, message: reason.description, row: 0).tell(error)
  }
}
