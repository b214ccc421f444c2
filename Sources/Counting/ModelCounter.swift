import Support
import TokenStatistics

/// A model's row counter in a place of its own, so that a thread can keep it from dataset to dataset.
///
/// It is not `Sendable`: it belongs to one thread. What it has learnt is large, so a thread keeps no more than one.
public final class ModelCounter {
  public let model: String
  public var counter: RowCounter

  public init(_ model: String, _ counter: consuming RowCounter) {
    self.model = model
    self.counter = counter
  }

  /// Whether it counts conversations of a model.
  public func counts(_ model: String) -> Bool { self.model.hasSameBytes(as: model) }
}
