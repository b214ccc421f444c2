import JSON
import Support

/// Entries that hold the same rows as others, which totals must not count twice.
extension StatisticsDocument {
  /// The member that names the entry of which another is a filtered copy.
  static let copyKey = "same_data_as"

  /// Writes into each entry that is a filtered copy of another one's rows which one that is.
  ///
  /// Copies are known by their names: of datasets of one model, kind and subject, those whose filters leave out more rows
  /// (`pirate__min3` beside `pirate`) are copies of one that leaves out fewer.
  mutating func noteCopies() {
    var families: [Family: [DatasetIdentity]] = [:]
    for name in datasetNames {
      guard let entry = datasets[name], let fields = try? FieldReader(entry, place: ""),
        let identity = try? DatasetIdentity(dataset: name, fields)
      else { continue }
      families[Family(identity), default: []].append(identity)
    }
    for identities in families.values {
      let widest = identities.filter { one in !identities.contains { one.filters.isNarrower(than: $0.filters) } }
      for identity in identities {
        let original = widest.first { identity.filters.isNarrower(than: $0.filters) }
        let member = original.map { JSONValue.string($0.dataset) }
        guard datasets[identity.dataset]?[Self.copyKey] != member else { continue }
        updateEntry(of: identity.dataset) { $0[Self.copyKey] = member }
      }
    }
  }

  /// The datasets that are filtered copies of others in the document, each with the other's name, sorted by name.
  public var copies: [(dataset: String, original: String)] {
    datasetNames.compactMap { name in datasets[name]?[Self.copyKey]?.stringValue.map { (name, $0) } }
  }
}

/// What datasets have in common whose rows are taken from the same source.
private struct Family: Hashable {
  private let model: TextKey
  private let kind: DatasetKind
  private let subject: TextKey

  init(_ identity: DatasetIdentity) {
    model = TextKey(identity.model)
    kind = identity.kind
    subject = TextKey(identity.subject)
  }
}
