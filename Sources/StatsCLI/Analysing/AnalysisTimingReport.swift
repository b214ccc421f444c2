import Counting
import Analysis
import Histograms
import JSON

/// What `analyze --timing` prints: where the time of a run went.
///
/// Seconds of phases that several threads share are sums over the threads; `seconds` of a part is time that passed.
struct AnalysisTimingReport {
  /// What the analysis measured.
  var analysis = AnalysisTimings()
  /// The threads that drew, and the seconds until the last was done.
  var pictures: (threads: [PlotTimes], seconds: Double)?
  /// Writing the statistics file again, with the places of the plots.
  var recording = 0.0
  /// The whole command.
  var total = 0.0

  /// The member that the timing adds to the result.
  var member: (String, JSONValue) {
    var members = [
      ("total_seconds", Self.seconds(total)), ("scan_seconds", Self.seconds(analysis.scanning)),
      ("load_seconds", Self.seconds(analysis.loading)), ("counting", counting),
    ]
    if let pictures { members.append(("drawing", Self.drawing(pictures.threads, seconds: pictures.seconds))) }
    members.append(("write_seconds", Self.seconds(analysis.writing + recording)))
    return ("timing", .object(JSONObject(members)))
  }

  private var counting: JSONValue {
    let all = analysis.allWorkers
    let workers = analysis.workers.map { worker in
      Self.thread(elapsed: worker.elapsed, processor: worker.processor, waiting: worker.waiting)
    }
    return .object(
      JSONObject([
        ("seconds", Self.seconds(analysis.working)), ("read_seconds", Self.seconds(all.reading)),
        ("render_seconds", Self.seconds(all.rendering)), ("count_seconds", Self.seconds(all.counting)),
        ("hash_seconds", Self.seconds(all.hashing)), ("save_seconds", Self.seconds(all.saving)),
        ("waiting_seconds", Self.seconds(all.waiting)), ("workers", .array(workers)),
      ]))
  }

  private static func drawing(_ threads: [PlotTimes], seconds: Double) -> JSONValue {
    let workers = threads.map { thread(elapsed: $0.elapsed, processor: $0.processor, waiting: $0.waiting) }
    return .object(
      JSONObject([
        ("seconds", Self.seconds(seconds)), ("pictures", .number(threads.reduce(0) { $0 + $1.plots })),
        ("draw_seconds", Self.seconds(threads.reduce(0) { $0 + $1.drawing })),
        ("write_seconds", Self.seconds(threads.reduce(0) { $0 + $1.writing })),
        ("waiting_seconds", Self.seconds(threads.reduce(0) { $0 + $1.waiting })), ("workers", .array(workers)),
      ]))
  }

  /// A thread: how long it worked, the share of that time and of its waiting that it was running, and its waiting.
  private static func thread(elapsed: Double, processor: Double, waiting: Double) -> JSONValue {
    let whole = elapsed + waiting
    return .object(
      JSONObject([
        ("seconds", seconds(elapsed)), ("processor_seconds", seconds(processor)),
        ("busy_share", .double(whole > 0 ? (processor / whole * 1000).rounded() / 1000 : 0)),
        ("waiting_seconds", seconds(waiting)),
      ]))
  }

  private static func seconds(_ value: Double) -> JSONValue { .double((value * 1e6).rounded() / 1e6) }
}
