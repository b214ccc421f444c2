import Support

/// What a folder holds: one dataset, a collection, shards, or files that stand for themselves.
struct FolderContents {
  /// One dataset or one split of one.
  struct Entry {
    /// Where its rows are.
    enum Kind {
      /// A dataset with a name of its own.
      case named(DatasetSource)
      /// A folder of one split, as `save_to_disk` writes it.
      case saved(String)
      /// Files, all of them parts of one table.
      case files([String])
    }

    var name: String
    var split: String?
    var kind: Kind
    /// Whether the split is a part of the dataset's name: where there are several, or one that is not `train`.
    var hasSuffix = false
    /// Whether this is one file of many, found while walking: one without rows that are known is plain text.
    var isWalked = false

    /// Whether it is a file that stands for itself.
    var isFile: Bool { if case .files(let files) = kind { files.count == 1 && split == nil } else { false } }

    /// Entries of one dataset or of several, which know whether the split is a part of their names.
    static func suffixed(_ entries: [Entry]) -> [Entry] {
      var splits: [String: Set<String?>] = [:]
      for entry in entries { splits[entry.name, default: []].insert(entry.split) }
      return entries.map { entry in
        var entry = entry
        let isOneOfSeveral = splits[entry.name].map { $0.count > 1 } ?? false
        entry.hasSuffix = entry.split != nil && (isOneOfSeveral || entry.split != "train")
        return entry
      }
    }
  }

  /// Names of folders that hold the files of one dataset.
  private static let dataFolders = ["data"]
  /// Files that stand beside data and are none.
  private static let companions = [
    "readme", "license", "licence", "copying", "changelog", "dataset_info.json", "dataset_infos.json",
    "dataset_dict.json", "manifest.json", "croissant.json",
  ]

  private let path: String
  /// Whether the folders of a folder that is no dataset are walked too.
  private let walks: Bool
  /// What was passed over.
  private(set) var notices: [String] = []
  /// Datasets that cannot be read.
  private(set) var failures: [InputError] = []

  init(_ path: String, walks: Bool = false) {
    self.path = path
    self.walks = walks
  }

  /// The name of the folder.
  private var name: String { Files.lastComponent(Files.absolute(path)) }

  /// Looks through the folder.
  ///
  /// - Throws: `InputError` if it cannot be read or holds nothing.
  mutating func entries() throws(InputError) -> [Entry] {
    if DatasetSource.isDatasetFolder(path) { return try saved() }
    let names: [String]
    do throws(FileError) { names = try Files.list(path).filter { !$0.hasPrefix(".") } } catch {
      throw InputError(.unreadable, dataset: path, error.description)
    }
    if names.contains(where: { (try? DatasetName(parsing: SourceNaming.stem(of: $0))) != nil }) {
      return try collection()
    }
    do throws(InputError) {
      let isWalked = if walks { try !isOneDataset(names) } else { false }
      let found = try isWalked ? walked() : tables(names)
      guard !found.isEmpty else { throw InputError(.nothingFound, dataset: "", "the folder holds no data") }
      return Entry.suffixed(found)
    } catch { throw error.dataset.isEmpty ? error.named(path) : error }
  }

  // MARK: Folders of `save_to_disk`

  private func saved() throws(InputError) -> [Entry] {
    do throws(InputError) {
      guard let splits = try DatasetSource.splits(ofFolder: path) else {
        return [Entry(name: name, split: nil, kind: .saved(path))]
      }
      guard !splits.isEmpty else { throw .unreadable("it has no splits") }
      let limit = Limits().splits
      guard splits.count <= limit else { throw .unreadable("it has \(splits.count) splits, more than \(limit)") }
      return Entry.suffixed(
        splits.map { Entry(name: name, split: $0, kind: .saved(Files.join(path, $0))) })
    } catch { throw error.named(path) }
  }

  // MARK: Collections

  private mutating func collection() throws(InputError) -> [Entry] {
    let directory = try DatasetDirectory.scan(path)
    notices = directory.notices
    failures = directory.failures
    return directory.datasets.map { Entry(name: $0.name.description, split: nil, kind: .named($0)) }
  }

  // MARK: Files

  /// Whether names say that the files belong to one dataset.
  private func isOneDataset(_ names: [String]) throws(InputError) -> Bool {
    let isPart = { (name: String) in Self.dataFolders.contains(name) || ShardNames.splits.contains(name) }
    if isPart(name) || names.contains("dataset_info.json") { return true }
    let (folders, files) = sorted(names)
    if files.isEmpty, folders.contains(where: isPart) { return true }
    return try !ShardNames.groups(of: files).groups.isEmpty
  }

  /// Every file in the folder and below.
  private mutating func walked() throws(InputError) -> [Entry] {
    let walk = try FolderWalk(path)
    if let notice = walk.notice(of: path) { notices.append(notice) }
    failures += walk.failures
    return walk.files.map { Entry(name: SourceNaming.stem(of: $0), split: nil, kind: .files([$0]), isWalked: true) }
  }

  private mutating func tables(_ names: [String]) throws(InputError) -> [Entry] {
    let (folders, files) = sorted(names)
    if files.isEmpty { return try folders.isEmpty ? [] : nested(folders) }
    let paths = files.map { Files.join(path, $0) }
    let isCache = names.contains("dataset_info.json") && files.allSatisfy { $0.hasSuffix(".arrow") }
    let (groups, others) = try ShardNames.groups(of: paths)
    var entries = Self.entries(of: groups, name: name)
    let isPart = Self.dataFolders.contains(name) || ShardNames.splits.contains(name)
    // LLaMA-Factory keeps datasets of their own in a folder `data`.
    let described = isPart ? DescribedShape.files(describedIn: path) : []
    if isCache || (isPart && described.isDisjoint(with: files)) {
      for group in Self.whole(others, folder: name) {
        entries +=
          Self.areOfOneKind(group.files)
          ? Self.entries(of: [group], name: name) : Self.single(group.files, split: group.split)
      }
    } else {
      entries += Self.single(others, split: nil)
    }
    for folder in folders { notices.append("\(Files.join(path, folder)): passed over, a folder in a folder of files") }
    return entries
  }

  /// The folders and the files that may hold data.
  private func sorted(_ names: [String]) -> (folders: [String], files: [String]) {
    var folders: [String] = []
    var files: [String] = []
    for name in names {
      let small = name.lowercased()
      if Files.isDirectory(Files.join(path, name)) {
        folders.append(name)
      } else if !Self.companions.contains(where: { small == $0 || (!$0.contains(".") && small.hasPrefix($0)) }) {
        files.append(name)
      }
    }
    return (folders, files)
  }

  /// Folders `data` or of splits, whose files are the dataset's; else each folder is looked into by itself.
  private mutating func nested(_ folders: [String]) throws(InputError) -> [Entry] {
    var entries: [Entry] = []
    for folder in folders {
      var inner = FolderContents(Files.join(path, folder))
      let isPart = Self.dataFolders.contains(folder) || ShardNames.splits.contains(folder)
      for var entry in try inner.entries() {
        // Files that stand for themselves keep their names.
        if isPart, entry.name == inner.name { entry.name = name }
        entries.append(entry)
      }
      notices += inner.notices
      failures += inner.failures
    }
    return entries
  }

  private static func entries(of groups: [ShardGroup], name: String) -> [Entry] {
    groups.map { group in
      let base = group.split == nil && groups.count > 1 && !group.base.isEmpty ? group.base : name
      return Entry(name: base, split: group.split, kind: .files(group.files))
    }
  }

  /// An entry for each file.
  private static func single(_ files: [String], split: String?) -> [Entry] {
    files.map { Entry(name: SourceNaming.stem(of: $0), split: split, kind: .files([$0])) }
  }

  /// Whether files can be parts of one table; one that cannot be read is an error wherever it belongs.
  private static func areOfOneKind(_ files: [String]) -> Bool {
    files.count < 2 || Set(files.compactMap { try? StoredKind(of: $0) }).count < 2
  }

  /// Files of a folder that is one dataset, by the splits that their names say.
  private static func whole(_ files: [String], folder: String) -> [ShardGroup] {
    var groups: [ShardGroup] = []
    let own = ShardNames.splits.contains(folder) ? folder : nil
    for file in files {
      let split = own ?? ShardNames.split(SourceNaming.stem(of: file))
      if let index = groups.firstIndex(where: { $0.split == split }) {
        groups[index].files.append(file)
      } else {
        groups.append(ShardGroup(base: "", split: split, files: [file]))
      }
    }
    return groups
  }
}
