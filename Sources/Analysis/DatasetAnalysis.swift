import ModelHub
import Counting
import Support
import Datasets
import TokenStatistics
public import Tokenizers

/// Counts the datasets of a folder and brings a statistics document up to date.
///
///     let analysis = try await DatasetAnalysis(options) { model, family in try loadTokenizer(model, family) }
///     let result = try await analysis.run()
///     for checkpoint in result.checkpoints { draw(checkpoint.profile) }
///
/// A finished dataset's exact result is in a file before the next one begins, so nothing is counted twice: neither
/// after a failure or an interruption, nor in a later run while data and settings stay the same.
public struct DatasetAnalysis: Sendable {
  /// Loads the vocabulary of a family for a model.
  public typealias TokenizerLoader = @Sendable (_ model: String, _ family: VocabularyFamily) throws -> Tokenizer

  /// The names of the datasets that will be looked at, largest first.
  public var datasets: [String] { jobs.map(\.name) }
  /// What was passed over in the dataset folder, for the user to know.
  public let notices: [String]

  let options: AnalysisOptions
  let plan: CountingPlan
  let jobs: [DatasetJob]
  /// Datasets that cannot be counted, found before counting.
  let failures: [DatasetFailure]
  let document: StatisticsDocument
  let preparation: AnalysisTimings

  /// Finds the datasets, loads the vocabularies and checks that the statistics document can be updated.
  ///
  /// Nothing is written. A damaged document or other settings are found here, before any counting.
  ///
  /// - Parameters:
  ///   - options: What is to be done.
  ///   - loadTokenizer: Loads a vocabulary; it is called from several threads, once for each model in use.
  /// - Throws: ``AnalysisError``.
  public init(_ options: AnalysisOptions, loadTokenizer: @escaping TokenizerLoader) async throws(AnalysisError) {
    let start = WallClock.seconds
    var document = try Self.document(at: options.document)
    for model in options.models {
      do { _ = try options.catalog.format(of: model) } catch { throw .model(error) }
    }
    let choice = try DatasetChoice(options)
    let loading = WallClock.seconds
    let formats = try await LoadedFormat.load(
      Set(choice.jobs.map(\.source.name.model)), catalog: options.catalog, arguments: options.templateArguments,
      loadTokenizer)
    let loaded = WallClock.seconds
    plan = CountingPlan(
      formats: formats, countMode: options.countMode, limits: Set(options.limits).sorted(), onError: options.onError,
      groupColumns: options.groupColumns, force: options.force, measuresRendering: options.measuresRendering,
      toolVersion: options.toolVersion,
      store: CheckpointStore(document: options.document), lengths: options.lengths.map(LengthsTable.init(path:)))
    do { try document.adopt(plan.settings, force: options.force) } catch { throw .statistics(error) }
    self.options = options
    self.document = document
    notices = choice.notices
    failures = choice.failures
    jobs = choice.jobs.sorted { ($1.source.bytes, $0.name) < ($0.source.bytes, $1.name) }
    var preparation = AnalysisTimings()
    preparation.loading = loaded - loading
    preparation.scanning = WallClock.seconds - start - preparation.loading
    self.preparation = preparation
  }

  /// Whether the stored result of `dataset` would be taken over instead of counting, as far as file times tell.
  public func isUpToDate(_ dataset: String) -> Bool {
    guard plan.takesOver, let job = jobs.first(where: { $0.name == dataset }),
      let format = plan.formats[job.source.name.model], let stored = try? plan.store.load(dataset)
    else { return false }
    let known = stored.fingerprint
    let source = job.source
    return known.options == plan.options(for: format, filters: job.filters) && known.source.size == source.bytes
      && known.source.modified == source.modified && stored.source.path == source.path
  }

  private static func document(at path: String) throws(AnalysisError) -> StatisticsDocument {
    do throws(StatisticsError) {
      return try StatisticsDocument.load(path) ?? StatisticsDocument(path: path)
    } catch {
      throw .statistics(error)
    }
  }
}
