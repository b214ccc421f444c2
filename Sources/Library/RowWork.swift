import CTokenstats
import Support
import TokenStatistics

/// What a caller says about how a call runs.
struct RunOptions: @unchecked Sendable {
  // Sendable: the function is only called by the thread that made the call.

  /// Threads, the calling one included.
  let threads: Int
  /// The flags of `tokenstats.h`.
  private let flags: UInt32
  private let isStopped: (@convention(c) (UnsafeMutableRawPointer?, Int64, Int64) -> Int32)?
  private let context: UnsafeMutableRawPointer?

  /// More threads than any machine has processors for.
  private static let mostThreads = 1_024

  /// - Parameter run: What the caller says; NULL for one thread and no flags. Members that an earlier caller does not
  ///   know are not looked at.
  init(_ run: UnsafePointer<ts_run>?) {
    guard let run, run.pointee.size >= MemoryLayout<ts_run>.size else {
      (threads, flags, isStopped, context) = (1, 0, nil, nil)
      return
    }
    threads = min(max(1, Int(run.pointee.threads)), Self.mostThreads)
    flags = run.pointee.flags
    isStopped = run.pointee.is_stopped
    context = run.pointee.context
  }

  /// Whether strings hold JSON.
  var areRowsJSON: Bool { flags & TS_JSON != 0 }
  /// Whether conversations are counted by kind.
  var countsByKind: Bool { flags & TS_BY_KIND != 0 }
  /// Whether a row that fails becomes null.
  var makesFailuresNull: Bool { flags & TS_FAILED_ROWS_ARE_NULL != 0 }

  /// Asks the caller whether to stop.
  fileprivate func asks(done: Int, of rows: Int) -> Bool {
    guard let isStopped else { return false }
    return isStopped(context, Int64(done), Int64(rows)) != 0
  }
}

/// What became of a call, or of a block of its rows.
enum Outcome<Value: Sendable>: Sendable {
  /// The rows were worked on.
  case done(Value)
  /// A row fails the call, or the caller asked to stop.
  case failed(Failure)
}

/// The rows of a call, in blocks that threads share.
struct RowWork {
  /// Rows that are worked on before the caller is asked again whether to stop.
  private static let blockRows = 128

  let model: OpenedModel
  let options: RunOptions

  /// Works on all rows.
  ///
  /// Blocks are handed out in order, so of several rows that fail the first one is told, whatever the threads do.
  ///
  /// - Returns: The blocks in order.
  func run<Block: Sendable>(
    rows: Int, _ body: @Sendable (ThreadCounters, Range<Int>) -> Outcome<Block>
  ) -> Outcome<[Block]> {
    let count = (rows + Self.blockRows - 1) / Self.blockRows
    let tickets = Tickets(count)
    let stop = StopFlag()
    let isStopped = StopFlag()
    let options = options
    let model = model
    let parts = Workers.run(count: min(options.threads, max(1, count))) { thread in
      model.withCounters { counters in
        var blocks: [(number: Int, outcome: Outcome<Block>)] = []
        while !stop.isRequested, let number = tickets.next() {
          let first = number * Self.blockRows
          if thread == 0, options.asks(done: first, of: rows) {
            isStopped.request()
            stop.request()
            break
          }
          let outcome = body(counters, first..<min(rows, first + Self.blockRows))
          if case .failed = outcome { stop.request() }
          blocks.append((number, outcome))
        }
        return blocks
      }
    }
    if isStopped.isRequested { return .failed(Failure(kind: TS_STOPPED, message: "stopped")) }
    var blocks: [Block] = []
    blocks.reserveCapacity(count)
    for (_, outcome) in parts.joined().sorted(by: { $0.number < $1.number }) {
      switch outcome {
      case .done(let block): blocks.append(block)
      case .failed(let failure): return .failed(failure)
      }
    }
    return .done(blocks)
  }
}
