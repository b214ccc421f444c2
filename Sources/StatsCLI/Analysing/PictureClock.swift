import Synchronization

/// Collects the times of the threads that draw.
final class PlotClock: Sendable {
  private let state = Mutex<[PlotTimes]>([])

  /// Notes the times of a thread that is done.
  func note(_ times: PlotTimes) {
    var times = times
    times.end()
    state.withLock { $0.append(times) }
  }

  /// The times of all threads, in the order in which they were done.
  var threads: [PlotTimes] {
    var threads = state.withLock { $0 }
    let longest = threads.reduce(0) { max($0, $1.elapsed) }
    for index in threads.indices { threads[index].waiting = longest - threads[index].elapsed }
    return threads
  }
}
