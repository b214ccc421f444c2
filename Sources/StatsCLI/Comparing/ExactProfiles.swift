import Support
import Synchronization
import TokenStatistics

/// The exact lengths of a statistics file's datasets, loaded on several threads.
struct ExactProfiles {
  /// The datasets, sorted by name.
  let profiles: [DatasetProfile]
  /// Datasets whose checkpoint is missing or damaged, sorted by name, each with a sentence about it.
  let lost: [(dataset: String, reason: String)]

  /// Loads datasets of the statistics file at `path`.
  ///
  /// - Parameters:
  ///   - datasets: The names.
  ///   - path: The statistics file, beside which the checkpoints stand.
  ///   - jobs: Threads that load at once.
  init(_ datasets: [String], of path: String, jobs: Int) {
    let store = CheckpointStore(document: path)
    let state = State()
    Workers.run(count: min(jobs, max(1, datasets.count))) { _ in
      while let name = state.next(of: datasets) {
        do throws(StatisticsError) {
          if let checkpoint = try store.load(name) {
            state.add(checkpoint.profile)
          } else {
            let path = (try? store.path(of: name)) ?? name
            state.lose(name, "\(path) is not there: count the dataset again with 'tokenstats analyze'")
          }
        } catch {
          state.lose(name, error.description)
        }
      }
    }
    profiles = state.sortedProfiles
    lost = state.sortedLosses
  }

  /// What the threads share.
  private final class State: Sendable {
    private let taken = Atomic<Int>(0)
    private let profiles = Mutex<[DatasetProfile]>([])
    private let losses = Mutex<[(dataset: String, reason: String)]>([])

    func next(of names: [String]) -> String? {
      let index = taken.add(1, ordering: .relaxed).oldValue
      return index < names.count ? names[index] : nil
    }

    func add(_ profile: DatasetProfile) { profiles.withLock { $0.append(profile) } }

    func lose(_ dataset: String, _ reason: String) { losses.withLock { $0.append((dataset, reason)) } }

    var sortedProfiles: [DatasetProfile] {
      profiles.withLock { $0.sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) } }
    }

    var sortedLosses: [(dataset: String, reason: String)] {
      losses.withLock { $0.sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) } }
    }
  }
}

extension StatisticsDocument {
  /// Loads the statistics file at `path`, which must be there.
  static func loadExisting(_ path: String) throws(CommandFailure) -> StatisticsDocument {
    do throws(StatisticsError) {
      if let document = try load(path) { return document }
    } catch {
      throw CommandFailure(error.description)
    }
    throw CommandFailure("there is no \(path): 'tokenstats analyze' writes one")
  }
}
