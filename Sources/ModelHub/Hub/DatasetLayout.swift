import Support

/// Which files of a repository are the splits of which configuration.
///
/// The rules are those of Hugging Face's `datasets`: what the card says, else what the names of folders and files say.
struct DatasetLayout: Sendable {
  /// One configuration.
  struct Configuration: Sendable, Hashable {
    /// Its name, `default` where nothing names one.
    let name: String
    /// Its splits, none without files.
    var splits: [Split]
  }

  /// The files of a split.
  struct Split: Sendable, Hashable {
    /// The split's name.
    let name: String
    /// The paths in the repository, each once.
    var files: [RepositoryPath]
  }

  /// The configurations, in the card's order.
  let configurations: [Configuration]
  /// What was left out, as lines for the user.
  let notices: [String]

  /// Finds the configurations.
  ///
  /// - Parameters:
  ///   - paths: the paths of the repository's files, sorted.
  ///   - card: the repository's `README.md`; nil where it is not to be asked.
  ///   - name: the repository's name, for messages.
  ///   - wanted: the only configuration whose files are looked at; nil for all.
  /// - Throws: `InputError` where the card is not understood, names files that are not there, or where no
  ///   file is of a kind that is read.
  init(_ paths: [RepositoryPath], card: String?, of name: String, wanted: String? = nil) throws(InputError) {
    var found: [Configuration] = []
    var notices: [String] = []
    let described = try card.map { (text) throws(InputError) in try DatasetCard(text) }?.configurations ?? []
    for configuration in described {
      guard wanted == nil || configuration.name == wanted else {
        found.append(Configuration(name: configuration.name, splits: []))
        continue
      }
      let below = Self.paths(paths, below: configuration.folder)
      let splits =
        try configuration.splits.map { (splits) throws(InputError) in
          try Self.splits(splits, of: configuration, in: below, name, &notices)
        } ?? Self.impliedSplits(of: below)
      found.append(Configuration(name: configuration.name, splits: splits.map { $0.placed(in: configuration.folder) }))
    }
    if described.isEmpty { found = [Configuration(name: "default", splits: Self.impliedSplits(of: paths))] }
    var failure: InputError?
    for index in found.indices where wanted == nil || found[index].name == wanted {
      do throws(InputError) { try Self.keepReadable(&found[index], of: name, &notices) } catch {
        failure = failure ?? error
        found[index].splits = []
        if wanted == nil { notices.append("\(error)") }
      }
    }
    // One configuration without files keeps nobody from reading the others.
    if let failure, found.allSatisfy(\.splits.isEmpty) { throw failure }
    configurations = found
    self.notices = notices
  }

  /// The paths below a folder, relative to it.
  private static func paths(_ paths: [RepositoryPath], below folder: String) -> [RepositoryPath] {
    let parts = folder.split(separator: "/").filter { $0 != "." }
    guard !parts.isEmpty else { return paths }
    let prefix = parts.joined(separator: "/") + "/"
    return paths.filter { $0.description.hasPrefix(prefix) }.compactMap {
      try? RepositoryPath(String($0.description.dropFirst(prefix.count)))
    }
  }

  private static func splits(
    _ splits: [DatasetCard.Split], of configuration: DatasetCard.Configuration, in paths: [RepositoryPath],
    _ name: String, _ notices: inout [String]
  ) throws(InputError) -> [Split] {
    var found: [Split] = []
    let all = Set(paths)
    for split in splits {
      var files: [RepositoryPath] = []
      var known: Set<RepositoryPath> = []
      for text in split.patterns {
        guard let pattern = RepositoryPattern(text) else {
          throw DatasetCard.refused("** is only a part of a name in \(text)")
        }
        // A card may name a hundred thousand files one by one.
        let named = pattern.plainPath.map { all.contains($0) ? [$0] : [] }
        let matches = Self.matches(pattern, in: named ?? paths)
        if matches.isEmpty {
          let words = "the card of \(name) names \(text) for the split \(split.name) of \(configuration.name)"
          // As for `datasets`, a pattern may match nothing, but a name may not.
          guard RepositoryPattern.isPattern(text) else {
            throw .hub(HubFailure(.notFound, "\(words), and there is none"))
          }
          notices.append("\(words), and no file is like that")
        }
        let new = matches.filter { known.insert($0).inserted }
        if new.count < matches.count {
          notices.append(
            "the card of \(name) names files of the split \(split.name) of \(configuration.name) twice, such as by "
              + "\(text): each is read once")
        }
        files += new
      }
      found.append(Split(name: split.name, files: files))
    }
    return found
  }

  /// Names that are never data unless a pattern ends with them.
  private static let ignoredNames = [
    "README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dummy_data.zip", "dataset_dict.json",
  ]

  /// The paths that match a pattern.
  static func matches(_ pattern: RepositoryPattern, in paths: [RepositoryPath]) -> [RepositoryPath] {
    let named = Files.lastComponent(pattern.description)
    return paths.filter { pattern.matches($0) && ($0.name == named || !ignoredNames.contains($0.name)) }
  }
}

extension DatasetLayout.Split {
  /// The split with paths below a folder.
  fileprivate func placed(in folder: String) -> DatasetLayout.Split {
    let parts = folder.split(separator: "/").filter { $0 != "." }
    guard !parts.isEmpty else { return self }
    let placed = files.compactMap { try? RepositoryPath(parts.joined(separator: "/") + "/\($0)") }
    return DatasetLayout.Split(name: name, files: placed)
  }
}

/// What names of folders and files say.
extension DatasetLayout {
  private static let keywords: [(split: String, words: [String])] = [
    ("train", ["train", "training"]), ("validation", ["validation", "valid", "dev", "val"]),
    ("test", ["test", "testing", "eval", "evaluation"]),
  ]
  /// What may stand between a keyword and other words.
  private static let separator = "[-._ 0-9]"
  private static let shardMark = "-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*"

  private static func folderPatterns(_ word: String) -> [String] {
    [
      "**/\(word)/**", "**/\(word)\(separator)*/**", "**/*\(separator)\(word)/**",
      "**/*\(separator)\(word)\(separator)*/**",
    ]
  }

  private static func filePatterns(_ word: String) -> [String] {
    ["**/\(word)\(separator)*", "**/*\(separator)\(word)\(separator)*"]
  }

  /// The splits by shards in `data/`, else by names of folders, else by names of files, else all files as `train`.
  static func impliedSplits(of paths: [RepositoryPath]) -> [Split] {
    let shards = shardedSplits(of: paths)
    if !shards.isEmpty { return shards }
    for patterns in [folderPatterns, filePatterns] {
      let found = keywords.map { split, words in
        Split(name: split, files: matches(any: words.flatMap(patterns), in: paths))
      }
      let filled = found.filter { !$0.files.isEmpty }
      if !filled.isEmpty { return filled }
    }
    let all = matches(any: ["**"], in: paths)
    return all.isEmpty ? [] : [Split(name: "train", files: all)]
  }

  private static func shardedSplits(of paths: [RepositoryPath]) -> [Split] {
    var splits: [String: [RepositoryPath]] = [:]
    for path in matches(any: ["data/*" + shardMark], in: paths) {
      let parts = path.name.split(atBytesOf: "-of-").dropLast()
      splits[String(parts.joined(separator: "-of-").dropLast(6)), default: []].append(path)
    }
    let usual = keywords.map(\.split)
    let order = usual.filter { splits[$0] != nil } + splits.keys.filter { !usual.contains($0) }.sorted()
    return order.map { Split(name: $0, files: splits[$0] ?? []) }
  }

  private static func matches(any patterns: [String], in paths: [RepositoryPath]) -> [RepositoryPath] {
    let patterns = patterns.compactMap(RepositoryPattern.init)
    return paths.filter { path in patterns.contains { !matches($0, in: [path]).isEmpty } }
  }
}

/// Which kinds of files are read.
extension DatasetLayout {
  /// Endings of one kind each.
  private static let kinds: [(name: String, endings: Set<String>)] = [
    ("Parquet", ["parquet"]), ("JSON", ["jsonl", "json", "ndjson"]), ("CSV", ["csv", "tsv"]),
  ]

  private static func kind(of path: RepositoryPath) -> String? {
    let endings = path.name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().map { $0.lowercased() }
    return kinds.first { kind in endings.contains { kind.endings.contains($0) } }?.name
  }

  /// Keeps the files of the kind that most files of a configuration have.
  private static func keepReadable(
    _ configuration: inout Configuration, of name: String, _ notices: inout [String]
  ) throws(InputError) {
    let all = configuration.splits.flatMap(\.files)
    let counts = kinds.map { kind in (name: kind.name, count: all.count { Self.kind(of: $0) == kind.name }) }
    // Of kinds with as many files the first one is taken.
    var chosen: (name: String, count: Int)?
    for kind in counts where kind.count > chosen?.count ?? 0 { chosen = kind }
    guard let chosen else {
      let endings = Set(all.map { $0.name.split(separator: ".").last.map { "*.\($0)" } ?? $0.name }).sorted()
      throw .hub(
        HubFailure(
          .notFound,
          """
          the dataset \(name)\(configuration.name == "default" ? "" : " (\(configuration.name))") holds no Parquet, JSON \
          or CSV files\(all.isEmpty ? "" : ", only \(endings.prefix(5).joined(separator: ", "))"); the hub may have made \
          Parquet files of it: hf://datasets/\(name)@refs/convert/parquet
          """))
    }
    let others = all.filter { kind(of: $0) != chosen.name }
    if let first = others.first {
      notices.append(
        "\(name): \(others.count) \(others.count == 1 ? "file is" : "files are") no \(chosen.name), such as \(first): "
          + "passed over")
    }
    configuration.splits = configuration.splits.compactMap { split in
      let files = split.files.filter { kind(of: $0) == chosen.name }
      return files.isEmpty ? nil : Split(name: split.name, files: files)
    }
  }
}
