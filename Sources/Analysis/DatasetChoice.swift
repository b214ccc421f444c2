import Counting
import Datasets
import TokenStatistics

/// The datasets that an analysis is asked to count.
struct DatasetChoice: Sendable {
  /// What is to be counted.
  private(set) var jobs: [DatasetJob] = []
  /// Datasets that cannot be counted.
  private(set) var failures: [DatasetFailure] = []
  /// What was passed over in the dataset folder.
  private(set) var notices: [String] = []

  /// Finds the selected datasets or, without selections, all of the folder.
  ///
  /// - Throws: ``AnalysisError`` where a selected dataset is not there, two results would have the same name, or
  ///   nothing at all is chosen.
  init(_ options: AnalysisOptions) throws(AnalysisError) {
    guard options.selections.isEmpty else {
      try select(options)
      return
    }
    do throws(DatasetError) {
      let models = options.models.isEmpty ? nil : options.models
      let directory = try DatasetDirectory.scan(options.datasetFolder, models: models)
      jobs = directory.datasets.map { DatasetJob(source: $0) }
      failures = directory.failures.map { DatasetFailure(dataset: $0.dataset, message: $0.message) }
      notices = directory.notices
    } catch {
      if error.kind == .nothingFound { throw .nothingMatched(reason: error.description) }
      throw .datasets(reason: error.description)
    }
  }

  private mutating func select(_ options: AnalysisOptions) throws(AnalysisError) {
    var missing: [String] = []
    var empty: [String] = []
    for selection in options.selections {
      let source: DatasetSource
      do throws(DatasetError) {
        source = try DatasetSource(named: selection.dataset, inFolder: options.datasetFolder)
      } catch {
        if error.kind == .missing {
          missing.append(selection.dataset)
        } else {
          failures.append(DatasetFailure(dataset: error.dataset, message: error.message))
        }
        continue
      }
      guard options.models.isEmpty || options.models.contains(source.name.model) else { continue }
      let name: DatasetName
      do throws(DatasetNameError) {
        name = try source.name.adding(selection.filters)
      } catch {
        empty.append(error.description)
        failures.append(DatasetFailure(dataset: source.name.description, message: error.description))
        continue
      }
      try add(DatasetJob(source: source.renamed(name), filters: selection.filters))
    }
    guard missing.isEmpty else {
      let names = missing.joined(separator: ", ")
      throw .datasets(reason: "\(options.datasetFolder): there is no dataset \(names)")
    }
    guard jobs.isEmpty, failures.count == empty.count else { return }
    let models = options.models.joined(separator: ", ")
    throw .nothingMatched(reason: empty.isEmpty ? "no selected dataset is of \(models)" : empty.joined(separator: "; "))
  }

  /// Adds a job; the same selection a second time is passed over.
  private mutating func add(_ job: DatasetJob) throws(AnalysisError) {
    guard let other = jobs.first(where: { $0.name == job.name }) else { return jobs.append(job) }
    guard other.source.path != job.source.path || other.filters != job.filters else { return }
    throw .datasets(
      reason: "\(other.source.path) and \(job.source.path) are both selected as \(job.name); select one of them")
  }
}
