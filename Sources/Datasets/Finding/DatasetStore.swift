public import Support

/// Where datasets are that are known by name alone, such as the hub and its cache.
public protocol DatasetStore: Sendable {
  /// The splits of a dataset by a name that nothing else can have, such as `hf://datasets/OWNER/NAME`; its files are
  /// fetched where they are not here. Nil for any other text.
  ///
  /// - Throws: `InputError` that says why the files are not here and what to do.
  func splits(ofAddress text: String) throws(InputError) -> [StoredSplit]?

  /// The splits of a dataset by a name that might be a path too, as far as its files are here; nil for text that
  /// cannot be such a name.
  ///
  /// - Throws: `InputError` that says what is missing and how it is got.
  func splits(ofName text: String) throws(InputError) -> [StoredSplit]?
}

/// One split of a dataset of a store.
public struct StoredSplit: Sendable, Hashable {
  /// What results call the dataset.
  public let name: String
  /// The split.
  public let split: String
  /// The files on this machine, in the order of the rows.
  public let files: [String]
  /// What would be fetched of the dataset, as a sentence, where only what would be done is asked for; nil where the
  /// files are here.
  public let plan: String?

  /// Makes a split.
  public init(name: String, split: String, files: [String], plan: String? = nil) {
    self.name = name
    self.split = split
    self.files = files
    self.plan = plan
  }
}

extension [StoredSplit] {
  /// The splits of each name, as in `acme--chats (train, test)`.
  var summary: String {
    var names: [String] = []
    for split in self where !names.contains(split.name) { names.append(split.name) }
    return names.map { name in
      "\(name) (\(filter { $0.name == name }.map(\.split).joined(separator: ", ")))"
    }.joined(separator: ", ")
  }
}
