import Support

/// Hands out units of work to threads, each of them once.
final class ScanSchedule: Sendable {
  private let state: Guarded<ModelSchedule>
  private let order: Tickets?

  /// Makes a schedule of units, which are called by their positions.
  ///
  /// - Parameter keepsOrder: Whether they are handed out in the given order.
  init(_ units: [(model: String, bytes: Int)], keepsOrder: Bool) {
    state = Guarded(ModelSchedule(keepsOrder ? [] : units))
    order = keepsOrder ? Tickets(units.count) : nil
  }

  /// The next unit for a thread; nil when none is left.
  ///
  /// - Parameter model: The model of the thread's last unit; nil before its first.
  func next(after model: String?) -> Int? {
    if let order { return order.next() }
    return state.withLock { $0.next(after: model) }
  }
}

/// The order in which datasets are worked on: a worker stays with one model as long as that has datasets left.
///
/// What a counter has learnt of a model's words then serves as many datasets as can be, and few counters are needed at
/// once. Of a model, and at the end of all, the largest datasets come first, so that the workers end together.
struct ModelSchedule: Sendable {
  private struct Queue {
    let model: String
    /// Numbers of the datasets, the largest last.
    var waiting: [Int]
    /// Bytes of those that wait.
    var bytes: Int
    /// Workers that stay with the model.
    var workers = 0
  }

  private var queues: [Queue] = []
  private let sizes: [Int]

  /// Makes a schedule of datasets, which are identified by their positions; of equally large ones the first comes
  /// first.
  init(_ datasets: [(model: String, bytes: Int)]) {
    sizes = datasets.map(\.bytes)
    let ascending = datasets.indices.sorted { (sizes[$0], $1) < (sizes[$1], $0) }
    var positions: [String: Int] = [:]
    for number in ascending {
      let (model, bytes) = datasets[number]
      let position = positions[model, default: queues.count]
      if position == queues.count { queues.append(Queue(model: model, waiting: [], bytes: 0)) }
      positions[model] = position
      queues[position].waiting.append(number)
      queues[position].bytes += bytes
    }
  }

  /// The next dataset for a worker; nil when none is left.
  ///
  /// - Parameter model: The model of the worker's last dataset; nil before its first.
  mutating func next(after model: String?) -> Int? {
    if let current = queues.firstIndex(where: { $0.model == model }) {
      if let number = take(from: current) { return number }
      queues[current].workers -= 1
    }
    // The queue with the most left for each worker; of equals the first, so that one worker always takes the same
    // order.
    let open = queues.indices.filter { !queues[$0].waiting.isEmpty }
    let choice = open.max { left, right in
      let (first, second) = (queues[left], queues[right])
      return (first.bytes / (first.workers + 1), right) < (second.bytes / (second.workers + 1), left)
    }
    guard let choice else { return nil }
    queues[choice].workers += 1
    return take(from: choice)
  }

  private mutating func take(from queue: Int) -> Int? {
    guard let number = queues[queue].waiting.popLast() else { return nil }
    queues[queue].bytes -= sizes[number]
    return number
  }
}
