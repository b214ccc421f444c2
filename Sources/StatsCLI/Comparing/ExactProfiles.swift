import Synchronization
import TokenStatistics

/// The exact lengths of a statistics file's datasets, loaded on several threads.
struct ExactProfiles {
  /// The datasets, sorted by name.
  let profiles: [DatasetProfile]
  /// Datasets without a partial result.
  let missing: [String]

  /// Loads the datasets that `isWanted` takes by name.
  ///
  /// A partial result that is damaged is named in a warning and counts as missing.
  init(statistics path: String, jobs: Int, isWanted: (String) -> Bool) throws(CommandFailure) {
    let document: StatisticsDocument?
    do {
      document = try StatisticsDocument.load(path)
    } catch {
      throw CommandFailure(error.description)
    }
    guard let document else { throw CommandFailure("there is no \(path): 'tokenstats analyze' writes one") }
    let names = document.datasetNames.filter(isWanted)
    let store = PartialStore(document: path)
    let state = State()
    Threads.run(min(jobs, max(1, names.count))) { _ in
      while let name = state.next(of: names) {
        do throws(StatisticsError) {
          if let partial = try store.load(name) { state.add(partial.profile) }
        } catch {
          Messages.warning("\(name) is left out: \(error)")
        }
      }
    }
    profiles = state.sorted
    let found = Set(profiles.map(\.dataset))
    missing = names.filter { !found.contains($0) }
  }

  /// What the threads share.
  private final class State: Sendable {
    private let taken = Atomic<Int>(0)
    private let profiles = Mutex<[DatasetProfile]>([])

    func next(of names: [String]) -> String? {
      let index = taken.add(1, ordering: .relaxed).oldValue
      return index < names.count ? names[index] : nil
    }

    func add(_ profile: DatasetProfile) { profiles.withLock { $0.append(profile) } }

    var sorted: [DatasetProfile] {
      profiles.withLock { $0.sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) } }
    }
  }
}
