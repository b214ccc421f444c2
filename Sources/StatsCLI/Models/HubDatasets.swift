import Datasets
import ModelHub
import Support

/// The datasets of the hub, as the command line names them.
struct HubDatasets: DatasetStore {
  /// What is allowed of fetching.
  let access: HubAccess
  /// The configuration that is read; nil for all.
  let configuration: String?

  func splits(ofAddress text: String) throws(InputError) -> [StoredSplit]? {
    guard let dataset = try HubDatasetReference(text) else { return nil }
    return Self.splits(of: try access.client().dataset(dataset, configuration: configuration))
  }

  func splits(ofName text: String) throws(InputError) -> [StoredSplit]? {
    guard text.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 1,
      let reference = try? HubReference(text, kind: .dataset)
    else { return nil }
    return Self.splits(of: try access.client().cachedDataset(reference, configuration: configuration))
  }

  private static func splits(of dataset: HubDataset) -> [StoredSplit] {
    dataset.entries.map { StoredSplit(name: $0.name, split: $0.split, files: $0.files, plan: dataset.plan) }
  }
}
