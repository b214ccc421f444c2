import Support

/// Looks for rows that are rendered as others, within datasets and across them.
struct DuplicateSearch {
  /// The rows of a dataset.
  struct Rows {
    /// What messages call the dataset.
    let name: String
    /// The model that rendered them: only what one model rendered is compared.
    let model: TextKey
    /// The file or folder that they are from: other selections of it hold the same rows.
    let path: String
    /// The pair of which the dataset is a side, which has rows in common with the other one.
    let pair: TextKey?
    /// What they are rendered to.
    let digests: RowDigests
  }

  /// A row and the earlier one that it is rendered as.
  struct Duplicate {
    let entry: RowDigests.Entry
    /// The earlier row.
    let first: RowDigests.Entry
    /// The dataset of the earlier row; nil for that of the row itself.
    let dataset: String?
  }

  private struct Place {
    let dataset: Int
    let index: Int
  }

  /// The duplicates of each dataset, ascending; a row is earlier than another if it stands before it in the same dataset,
  /// else if its dataset is named before.
  ///
  /// - Complexity: O(*n* log *n*) for *n* rows.
  static func duplicates(in datasets: [Rows]) -> [[Duplicate]] {
    var found = [[Duplicate]](repeating: [], count: datasets.count)
    for model in Set(datasets.map(\.model)) {
      let own = datasets.indices.filter { datasets[$0].model == model }
      var places = own.flatMap { dataset in
        datasets[dataset].digests.entries.indices.map { Place(dataset: dataset, index: $0) }
      }
      func entry(_ place: Place) -> RowDigests.Entry { datasets[place.dataset].digests.entries[place.index] }
      places.sort {
        let (left, right) = (entry($0), entry($1))
        return (left.digest, $0.dataset, left.row) < (right.digest, $1.dataset, right.row)
      }
      // The first row of each dataset that is rendered to the same.
      var firsts: [Place] = []
      for place in places {
        let row = entry(place)
        if let first = firsts.first, entry(first).digest != row.digest { firsts.removeAll(keepingCapacity: true) }
        if let last = firsts.last, last.dataset == place.dataset {
          found[place.dataset].append(Duplicate(entry: row, first: entry(last), dataset: nil))
          continue
        }
        let other = firsts.first { areCompared(datasets[$0.dataset], datasets[place.dataset]) }
        if let other {
          let name = datasets[other.dataset].name
          found[place.dataset].append(Duplicate(entry: row, first: entry(other), dataset: name))
        }
        firsts.append(place)
      }
    }
    return found.map { $0.sorted { $0.entry.row < $1.entry.row } }
  }

  private static func areCompared(_ one: Rows, _ other: Rows) -> Bool {
    !one.path.hasSameBytes(as: other.path) && (one.pair == nil || one.pair != other.pair)
  }
}
