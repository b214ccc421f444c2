import CTokenstats
import ChatTemplates
import Counting
import Datasets
import Glibc
import Support
import TokenStatistics
import Tokenizers

/// What calls do with the rows of an array.
struct RowCalls {
  let model: OpenedModel
  let rows: LentRows
  let options: RunOptions

  private var work: RowWork { RowWork(model: model, options: options) }

  /// The tokens by kind, in the order of the struct.
  static let kindNames = ["system", "user", "assistant", "thinking", "tool", "other", "overhead"]

  // MARK: Counting

  /// The tokens of each row, -1 for null.
  func counts() -> Outcome<[[Int32]]> {
    guard let texts = rows.texts else { return conversationCounts() }
    // A text that many rows share is counted once.
    guard let entries = texts.entries, texts.textCount <= rows.count else {
      return work.run(rows: rows.count) { counters, range in count(texts, range, counters) { texts[$0] } }
    }
    let failures = Guarded<[Int: String]>([:])
    let counted = work.run(rows: texts.textCount) { counters, range -> Outcome<[Int32]> in
      .done(
        range.map { number in
          guard let text = texts.text(number) else { return -1 }
          switch Self.count(text, counters) {
          case .success(let count): return count
          case .failure(let reason):
            failures.withLock { $0[number] = reason.description }
            return -1
          }
        })
    }
    let counts: [Int32]
    switch counted {
    case .done(let blocks): counts = Array(blocks.joined())
    case .failed(let failure): return .failed(failure)
    }
    if !options.makesFailuresNull {
      let failures = failures.withLock { $0 }
      for (row, entry) in entries.enumerated() {
        guard let reason = failures[entry] else { continue }
        return .failed(Failure(RowFailure(row: row, kind: .messages, message: reason)))
      }
    }
    return .done([entries.map { $0 < 0 ? -1 : counts[$0] }])
  }

  private func count(
    _ texts: LentTexts, _ range: Range<Int>, _ counters: ThreadCounters, _ text: (Int) -> UnsafeRawBufferPointer?
  ) -> Outcome<[Int32]> {
    var counts: [Int32] = []
    counts.reserveCapacity(range.count)
    for row in range {
      guard let text = text(row) else {
        counts.append(-1)
        continue
      }
      switch Self.count(text, counters) {
      case .success(let count): counts.append(count)
      case .failure(let reason):
        guard options.makesFailuresNull else {
          return .failed(Failure(RowFailure(row: row, kind: .messages, message: reason.description)))
        }
        counts.append(-1)
      }
    }
    return .done(counts)
  }

  /// The tokens of one text.
  static func count(
    _ text: UnsafeRawBufferPointer, _ counters: ThreadCounters
  ) -> Result<Int32, TokenizerError> {
    let before = counters.texts.failureCount
    let count = counters.texts.count(RawSpan(_unsafeBytes: text))
    if counters.texts.failureCount != before, let reason = counters.texts.lastFailure { return .failure(reason) }
    return .success(Int32(clamping: count))
  }

  private func conversationCounts() -> Outcome<[[Int32]]> {
    if let failure = missingTemplate { return .failed(failure) }
    return work.run(rows: rows.count) { counters, range in
      forEach(range) { row, batch, counts in
        guard let batch else {
          counts.append(contentsOf: repeatElement(-1, count: options.countsByKind ? Self.kindNames.count : 1))
          return nil
        }
        switch counters.count(row - range.lowerBound, of: batch) {
        case .counted(let conversation)?, .fallback(let conversation, _)?:
          let count = conversation.row.count
          if options.countsByKind {
            counts.append(contentsOf: Self.numbers(count.kinds))
          } else {
            counts.append(Int32(clamping: count.length))
          }
          return nil
        case .failed(let failure, _, _)?: return Failure(failure)
        case nil: return missingTemplate
        }
      }
    }
  }

  private static func numbers(_ kinds: TokensByKind) -> [Int32] {
    [kinds.system, kinds.user, kinds.assistant, kinds.thinking, kinds.tool, kinds.other, kinds.overhead]
      .map { Int32(clamping: $0) }
  }

  /// Why conversations cannot be rendered; nil if they can.
  private var missingTemplate: Failure? {
    guard model.loaded.renderer == nil else { return nil }
    return Failure(kind: TS_ERROR_TEMPLATE, message: RowRenderer.refusal(of: model.name))
  }

  /// Calls `body` with each row, of which nulls have no batch; its failures are told or, if that is wanted, nulls.
  private func forEach(
    _ range: Range<Int>, _ body: (Int, DatasetBatch?, inout [Int32]) -> Failure?
  ) -> Outcome<[Int32]> {
    let batch: DatasetBatch
    do { batch = try rows.batch(range) } catch { return .failed(Self.failure(error)) }
    var counts: [Int32] = []
    for row in range {
      guard !rows.isNull(row) else {
        _ = body(row, nil, &counts)
        continue
      }
      guard let failure = body(row, batch, &counts) else { continue }
      guard options.makesFailuresNull, failure.row != nil else { return .failed(failure) }
      _ = body(row, nil, &counts)
    }
    return .done(counts)
  }

  private static func failure(_ error: any Error) -> Failure {
    if let error = error as? InputError { return Failure(kind: TS_ERROR_COLUMN, message: error.message) }
    if let error = error as? FileError { return Failure(column: error) }
    return Failure(kind: TS_ERROR_COLUMN, message: "\(error)")
  }

  // MARK: Rendering and encoding

  /// The text of each row as a model reads it.
  func texts() -> Outcome<[ListBlock<UInt8>]> {
    forEachText { text, block in
      block.values.append(contentsOf: text)
      return nil
    }
  }

  /// The tokens of each row.
  func ids() -> Outcome<[ListBlock<Int32>]> {
    let tokenizer = model.loaded.tokenizer
    return forEachText { text, block in
      do throws(TokenizerError) {
        block.values.append(contentsOf: try tokenizer.encode(RawSpan(_unsafeBytes: text)))
        return nil
      } catch { return error.description }
    }
  }

  /// Calls `body` with each row's text; it returns why that cannot be worked on.
  private func forEachText<Value>(
    _ body: @Sendable (UnsafeRawBufferPointer, inout ListBlock<Value>) -> String?
  ) -> Outcome<[ListBlock<Value>]> {
    if rows.texts == nil, let failure = missingTemplate { return .failed(failure) }
    return work.run(rows: rows.count) { counters, range in
      let batch: DatasetBatch?
      do { batch = rows.texts == nil ? try rows.batch(range) : nil } catch { return .failed(Self.failure(error)) }
      var block = ListBlock<Value>()
      for row in range {
        var reason: String?
        if let texts = rows.texts {
          guard let text = texts[row] else {
            block.endRow(isNull: true)
            continue
          }
          reason = body(text, &block)
        } else if rows.isNull(row) {
          block.endRow(isNull: true)
          continue
        } else if let batch {
          do throws(InputError) {
            let text = try counters.render(row - range.lowerBound, of: batch, name: model.name)
            reason = text.withUnsafeBytes { body($0, &block) }
          } catch { reason = error.message + counters.place }
        }
        if let reason, !options.makesFailuresNull {
          return .failed(Failure(RowFailure(row: row, kind: .messages, message: reason)))
        }
        block.endRow(isNull: reason != nil)
      }
      return .done(block)
    }
  }
}
