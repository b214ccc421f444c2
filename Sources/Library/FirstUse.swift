import CTokenstats

/// Calls every function of rows once, with two threads, before a caller has the model.
///
/// Swift makes much on first use, under locks of its own. If a process forks while another thread holds one of them, it
/// stays locked in the child forever, and nothing can be done about that there. What is made already needs no lock.
enum FirstUse {
  /// Rows that are more than one thread's block.
  private static let rows = 256

  static func prepare(_ model: OpaquePointer) {
    // As a list of messages, and as the text that it is, where the model has no chat template or refuses these.
    let text: StaticString = #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#
    let texts = [ts_text](
      repeating: ts_text(
        bytes: UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self), size: Int64(text.utf8CodeUnitCount)
      ),
      count: rows)
    texts.withUnsafeBufferPointer { texts in
      var buffers: [UnsafeRawPointer?] = [nil, UnsafeRawPointer(texts.baseAddress)]
      buffers.withUnsafeMutableBufferPointer { buffers in
        var array = ArrowArray()
        array.length = Int64(texts.count)
        array.n_buffers = 2
        array.buffers = buffers.baseAddress
        for flags in [0, TS_JSON, TS_JSON | TS_BY_KIND] {
          call(count, model, &array, flags)
          if flags & TS_BY_KIND == 0 { call(encode, model, &array, flags) }
        }
        call(render, model, &array, TS_JSON)
      }
    }
  }

  private typealias Function = (
    OpaquePointer?, UnsafePointer<ArrowArray>?, UnsafePointer<ArrowSchema>?, UnsafePointer<ts_run>?,
    UnsafeMutablePointer<ArrowArray>?, UnsafeMutablePointer<ArrowSchema>?, UnsafeMutablePointer<ts_error>?
  ) -> Int32

  /// What comes of the call is of no interest, whether it succeeds or not.
  private static func call(
    _ function: Function, _ model: OpaquePointer, _ array: inout ArrowArray, _ flags: UInt32
  ) {
    var run = ts_run()
    run.size = MemoryLayout<ts_run>.size
    run.threads = 2
    run.flags = flags
    var (result, resultSchema) = (ArrowArray(), ArrowSchema())
    var error = ts_error()
    TS_TEXTS.withCString { format in
      "".withCString { name in
        var schema = ArrowSchema()
        schema.format = format
        schema.name = name
        _ = function(model, &array, &schema, &run, &result, &resultSchema, &error)
      }
    }
    if let release = result.release { release(&result) }
    if let release = resultSchema.release { release(&resultSchema) }
    clearError(&error)
  }
}
