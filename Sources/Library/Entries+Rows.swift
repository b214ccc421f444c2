public import CTokenstats
import ColumnarFiles
import Counting
import Support
import TokenStatistics
import Tokenizers

// Functions of `tokenstats.h`, which says what they do.

/// See `tokenstats.h`.
@_cdecl("ts_count")
public func count(
  _ model: OpaquePointer?, _ rows: UnsafePointer<ArrowArray>?, _ schema: UnsafePointer<ArrowSchema>?,
  _ run: UnsafePointer<ts_run>?, _ counts: UnsafeMutablePointer<ArrowArray>?,
  _ countsSchema: UnsafeMutablePointer<ArrowSchema>?, _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  answer(model, rows, schema, run, counts, countsSchema, error) { calls, result in
    if calls.options.countsByKind, calls.rows.texts != nil {
      return Failure(kind: TS_ERROR_COLUMN, message: "texts have no tokens by kind; only conversations do")
    }
    return finish(calls.counts()) { blocks in
      calls.options.countsByKind
        ? result.write(structs: blocks, names: RowCalls.kindNames) : result.write(numbers: blocks)
    }
  }
}

/// See `tokenstats.h`.
@_cdecl("ts_encode")
public func encode(
  _ model: OpaquePointer?, _ rows: UnsafePointer<ArrowArray>?, _ schema: UnsafePointer<ArrowSchema>?,
  _ run: UnsafePointer<ts_run>?, _ ids: UnsafeMutablePointer<ArrowArray>?,
  _ idsSchema: UnsafeMutablePointer<ArrowSchema>?, _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  answer(model, rows, schema, run, ids, idsSchema, error) { calls, result in
    finish(calls.ids()) { result.write(lists: $0) }
  }
}

/// See `tokenstats.h`.
@_cdecl("ts_render")
public func render(
  _ model: OpaquePointer?, _ rows: UnsafePointer<ArrowArray>?, _ schema: UnsafePointer<ArrowSchema>?,
  _ run: UnsafePointer<ts_run>?, _ texts: UnsafeMutablePointer<ArrowArray>?,
  _ textsSchema: UnsafeMutablePointer<ArrowSchema>?, _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  answer(model, rows, schema, run, texts, textsSchema, error) { calls, result in
    finish(calls.texts()) { result.write(texts: $0) }
  }
}

/// Reads the arguments that functions of rows share, and tells what went wrong.
private func answer(
  _ model: OpaquePointer?, _ rows: UnsafePointer<ArrowArray>?, _ schema: UnsafePointer<ArrowSchema>?,
  _ run: UnsafePointer<ts_run>?, _ array: UnsafeMutablePointer<ArrowArray>?,
  _ arraySchema: UnsafeMutablePointer<ArrowSchema>?, _ error: UnsafeMutablePointer<ts_error>?,
  _ body: (RowCalls, ArrowResult) -> Failure?
) -> Int32 {
  guard let model = OpenedModel.held(model), let rows, let schema, let result = ArrowResult(array, arraySchema) else {
    return Failure.argument("a model, an array and a place for the result are needed").tell(error)
  }
  let options = RunOptions(run)
  do throws(FileError) {
    let calls = RowCalls(
      model: model, rows: try LentRows(rows, schema, areJSON: options.areRowsJSON), options: options)
    return body(calls, result)?.tell(error) ?? Int32(TS_OK)
  } catch let reason { return Failure(column: reason).tell(error) }
}

private func finish<Block>(_ outcome: Outcome<[Block]>, _ write: ([Block]) -> Failure?) -> Failure? {
  switch outcome {
  case .done(let blocks): write(blocks)
  case .failed(let failure): failure
  }
}

/// See `tokenstats.h`.
@_cdecl("ts_decode")
public func decode(
  _ model: OpaquePointer?, _ ids: UnsafePointer<ArrowArray>?, _ schema: UnsafePointer<ArrowSchema>?,
  _ run: UnsafePointer<ts_run>?, _ texts: UnsafeMutablePointer<ArrowArray>?,
  _ textsSchema: UnsafeMutablePointer<ArrowSchema>?, _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  guard let model = OpenedModel.held(model), let ids, let schema, let result = ArrowResult(texts, textsSchema) else {
    return Failure.argument("a model, an array and a place for the result are needed").tell(error)
  }
  let options = RunOptions(run)
  let lists: ListColumn
  do throws(FileError) {
    let table = try RecordBatch(lending: ids, schema, named: "ids", rows: 0..<Int(ids.pointee.length))
    guard let column = table.columns.first?.list, column.elements.int64 != nil || column.elements.count == 0 else {
      throw FileError(.unsupported, "lists of whole numbers are expected, \(table.schema.fields[0].type) is there")
    }
    lists = column
  } catch let reason { return Failure(column: reason).tell(error) }
  let tokenizer = model.loaded.tokenizer
  let outcome = RowWork(model: model, options: options).run(rows: lists.count) {
    _, range -> Outcome<ListBlock<UInt8>> in
    var block = ListBlock<UInt8>()
    for row in range {
      if lists.isNull(row) {
        block.endRow(isNull: true)
        continue
      }
      switch Decoding.text(of: lists, row, tokenizer) {
      case .success(let text):
        block.values.append(contentsOf: text.utf8)
        block.endRow()
      case .failure(let reason):
        guard options.makesFailuresNull else {
          return .failed(Failure(RowFailure(row: row, kind: .messages, message: reason.message)))
        }
        block.endRow(isNull: true)
      }
    }
    return .done(block)
  }
  return finish(outcome) { result.write(texts: $0) }?.tell(error) ?? Int32(TS_OK)
}

private enum Decoding {
  /// The text of the tokens in a row.
  static func text(of lists: ListColumn, _ row: Int, _ tokenizer: Tokenizer) -> Result<String, InputError> {
    var ids: [TokenID] = []
    for element in lists.range(row) {
      guard let number = lists.elements.int64?[element], let id = TokenID(exactly: number), id >= 0 else {
        return .failure(.unreadable("element \(ids.count) is no number of a token, 0 to \(TokenID.max)"))
      }
      ids.append(id)
    }
    do throws(TokenizerError) { return .success(try tokenizer.decode(ids)) } catch {
      return .failure(.unreadable(error.description))
    }
  }
}
