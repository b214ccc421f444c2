import Datasets
import Support

/// Which side of a pair of datasets a dataset is: that of the preferred answers, or that of the others.
struct PairSide: Hashable {
  /// The name that both sides have in common: that of the dataset without its side.
  let pair: TextKey
  /// Whether the dataset holds the preferred answers.
  let isChosen: Bool

  /// Reads a dataset's name; nil if it names no side.
  init?(_ name: DatasetName) {
    for side in [SourceSide.chosen, .rejected] {
      let ending = "__\(side.rawValue)"
      guard name.subject.hasSuffix(ending), name.subject.utf8.count > ending.utf8.count else { continue }
      let subject = String(name.subject.dropLast(ending.count))
      guard let common = try? DatasetName(model: name.model, kind: name.kind, subject: subject, filters: name.filters)
      else { return nil }
      pair = TextKey(common.description)
      isChosen = side == .chosen
      return
    }
    return nil
  }
}
