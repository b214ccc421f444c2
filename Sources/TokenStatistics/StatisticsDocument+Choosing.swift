import JSON
import Support

/// Some datasets of a document.
extension StatisticsDocument {
  /// The names of all datasets, those included of which only parts were counted.
  public var allNames: [String] { datasetNames + (root[Self.partsKey]?.objectValue?.keys ?? []) }

  /// Leaves out the datasets that are not wanted, with their parts, their errors and the pairs that they are sides of.
  ///
  /// - Throws: `FileError` if a pair is damaged.
  mutating func keep(_ isWanted: (String) -> Bool) throws(FileError) {
    let failed = errors.compactMap { $0.split(atBytesOf: ": ").first.map { String($0) } }
    let others = Set((allNames + failed).filter { !isWanted($0) }.map { TextKey($0) })
    guard !others.isEmpty else { return }
    let isKept = { (name: String) in !others.contains(TextKey(name)) }
    setErrors(Dictionary(others.map { ($0, DatasetErrors?.none) }) { first, _ in first })
    let pairs = try pairs().filter { isKept($0.summary.chosen) && isKept($0.summary.rejected) }
    root[Self.pairsKey] = nil
    setPairs(pairs)
    root["datasets"] = .fields(datasets.members.filter { isKept($0.key) }) { ($0.key, $0.value) }
    guard let parts = root[Self.partsKey]?.objectValue?.members.filter({ isKept($0.key) }) else { return }
    root[Self.partsKey] = parts.isEmpty ? nil : .fields(parts) { ($0.key, $0.value) }
  }
}
