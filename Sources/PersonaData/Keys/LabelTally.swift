import Datasets
/// Counts rows by the number of their label.
struct LabelTally {
  /// Rows by label number; 0 for labels without rows.
  private var rows: [Int] = []
  /// The labels with rows, in the order of their first rows.
  private var order: [Int] = []

  /// Counts a row.
  mutating func add(_ label: Int) {
    while rows.count <= label { rows.append(0) }
    if rows[label] == 0 { order.append(label) }
    rows[label] += 1
  }

  /// The counts, in the order of the labels' first rows.
  func counts(_ labels: LabelTable) -> [PersonaListing.LabelCount] {
    order.map { PersonaListing.LabelCount(label: labels.labels[$0], rows: rows[$0]) }
  }
}
