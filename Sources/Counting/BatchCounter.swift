public import Datasets
import TokenStatistics

/// Counts rows of batches that are in memory, with a counter of its own. It belongs to one thread.
public struct BatchCounter: ~Copyable {
  private var counter: RowCounter

  /// Makes a counter of a model's conversations; nil where the model has no chat template.
  public init?(_ model: LoadedModel) {
    guard let renderer = model.renderer else { return nil }
    counter = RowCounter(
      model.makeCounter(of: renderer, mode: .template, measuresRendering: false), controlTokens: ControlTokens([]))
  }

  /// Counts a row, from 0 in the batch.
  public mutating func count(_ row: Int, of batch: DatasetBatch) -> RowOutcome { counter.count(row, of: batch) }
}
