import Datasets
public import Support
public import TokenStatistics

/// What can be said of sources from their first rows, without counting the others.
public struct FirstRows {
  /// How many rows of a source are tried.
  private static let count = 100

  private let models: [String: LoadedModel]
  private let options: Scan.Options
  private var counters: [String: ModelCounter] = [:]

  /// Looks at rows as a scan with these options would.
  public init(models: [String: LoadedModel], options: Scan.Options) {
    self.models = models
    self.options = options
  }

  /// Why a source cannot be read at all; nil where its first rows can be.
  public func refusal(of job: ScanJob) -> InputError? {
    do throws(InputError) {
      _ = try batch(of: job)
      return nil
    } catch { return error.named(job.name) }
  }

  /// Why a source, or the first of its rows that fails, cannot be counted; nil where nothing is wrong with the first rows.
  public mutating func obstacle(to job: ScanJob) -> InputError? {
    do throws(InputError) {
      guard let batch = try batch(of: job), let counter = try counter(for: job) else { return nil }
      counter.counter.dropsSystem = options.dropsSystemOf.contains(job.source.name.kind)
      for row in 0..<min(batch.count, Self.count) {
        for case .failed(let failure, _, _)? in counter.counter.outcomes(of: row, in: batch, for: job, options) ?? [] {
          return Self.obstacle(to: job, failure)
        }
      }
      return job.filters.isEmpty ? nil : try emptySelection(of: job)
    } catch { return error.named(job.name) }
  }

  /// What is said of a source of which a row fails.
  public static func obstacle(to job: ScanJob, _ failure: RowFailure) -> InputError {
    InputError(.messages, dataset: job.name, "row \(failure.row): \(failure.message)")
  }

  /// Looks for a row that is selected; nil where there is one. All rows are read where there is none.
  private func emptySelection(of job: ScanJob) throws(InputError) -> InputError? {
    var reader = try DatasetReader(job.source)
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        // A row whose score cannot be read is one that fails, not one that is passed over.
        guard let isSelected = try? job.filters.includes(row, of: batch), !isSelected else { return nil }
      }
    }
    return InputError(
      .emptySelection, dataset: job.name, "no row of \(job.source.path) matches \(job.filters.selectionText)")
  }

  private func batch(of job: ScanJob) throws(InputError) -> DatasetBatch? {
    var reader = try DatasetReader(
      job.source, extraColumns: options.columns, optionalColumns: options.optionalColumns,
      argumentColumns: options.templateColumns)
    return try reader.nextBatch()
  }

  private mutating func counter(for job: ScanJob) throws(InputError) -> ModelCounter? {
    if let known = counters[job.model] { return known }
    let refusal = RowRenderer.refusal(of: job.model)
    guard let model = models[job.model] else { return nil }
    guard let counter = model.makeRowCounter(options, refusing: job.source.mayHoldTexts ? refusal : nil) else {
      throw InputError(.unknownModel, dataset: job.name, refusal)
    }
    let made = ModelCounter(job.model, counter)
    counters[job.model] = made
    return made
  }
}
