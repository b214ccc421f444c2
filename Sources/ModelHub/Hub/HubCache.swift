public import Support

/// The cache of the Hugging Face hub on this machine, read as the Python library `huggingface_hub` reads it.
///
/// A repository is a folder such as `models--OWNER--NAME`. `refs/REVISION` holds the name of a commit,
/// `snapshots/COMMIT/FILE` are the files of that commit, mostly links into `blobs`.
///
/// The layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
public struct HubCache: Sendable {
  /// The folder; nil where the environment names none.
  public let directory: String?

  /// Names a folder, which need not exist.
  public init(directory: String?) { self.directory = directory }

  /// Finds a repository's files of a revision.
  ///
  /// - Parameters:
  ///   - repository: the repository.
  ///   - revision: a branch, tag or commit; nil for `main`.
  /// - Throws: `InputError` of the kind `hub(.notCached)`, which says what there is instead.
  public func snapshot(
    of repository: RepositoryID, revision: HubRevision? = nil
  ) throws(InputError) -> HubSnapshot {
    let asked = revision ?? .main
    guard let folder = folder(of: repository) else {
      throw .hub(HubFailure(.notCached, "the hub's cache needs a folder: set HOME, XDG_CACHE_HOME or HF_HOME"))
    }
    guard let commit = commit(of: asked, in: folder), let snapshot = snapshot(of: repository, commit, asked: asked)
    else { throw .hub(HubFailure(.notCached, absence(of: repository, asked))) }
    return snapshot
  }

  /// The folder of a repository, which need not exist.
  func folder(of repository: RepositoryID) -> String? { directory.map { Files.join($0, repository.folderName) } }

  /// The snapshot of a commit; nil where the cache does not hold it.
  func snapshot(of repository: RepositoryID, _ commit: String, asked: HubRevision) -> HubSnapshot? {
    guard let folder = folder(of: repository) else { return nil }
    let path = Files.join(folder, "snapshots/\(commit)")
    guard Files.isDirectory(path) else { return nil }
    return HubSnapshot(repository: repository, revision: asked, commit: commit, path: path)
  }

  /// The commit that a revision means here; nil where the cache does not know it.
  private func commit(of revision: HubRevision, in folder: String) -> String? {
    if revision.isCommit { return revision.description }
    guard let text = try? Files.readText(Files.join(folder, "refs/\(revision)")) else { return nil }
    let commit = String(text.prefix { !$0.isWhitespace })
    // A commit's name becomes a path.
    return (try? FileName(commit)).map(\.description)
  }

  /// The names of the commits that the cache holds of a repository, sorted.
  func commits(of repository: RepositoryID) -> [String] {
    guard let folder = folder(of: repository) else { return [] }
    let snapshots = Files.join(folder, "snapshots")
    return ((try? Files.list(snapshots)) ?? []).filter { Files.isDirectory(Files.join(snapshots, $0)) }
  }

  /// The revisions that the cache knows of a repository, as paths below `refs`, sorted.
  func revisions(of repository: RepositoryID) -> [String] {
    guard let folder = folder(of: repository) else { return [] }
    return FolderTree.files(in: Files.join(folder, "refs"))
  }

  /// The repositories that the cache holds, sorted.
  public var repositories: [RepositoryID] {
    guard let directory, let names = try? Files.list(directory) else { return [] }
    return names.compactMap(RepositoryID.init(folderName:))
  }

  /// The names of the repositories in the cache, and of the models that are built in.
  func knownNames(of kind: RepositoryID.Kind) -> [String] {
    let cached = repositories.filter { $0.kind == kind }.map(\.name)
    return kind == .model ? cached + ModelRegistry.models.map(\.hubID).filter { !cached.contains($0) } : cached
  }

  private func absence(of repository: RepositoryID, _ revision: HubRevision) -> String {
    let known = revisions(of: repository)
    let commits = commits(of: repository)
    let beginning = "the hub's cache (\(directory ?? "none")) holds"
    guard !commits.isEmpty else {
      // Most that are not here are right all the same.
      let close = CloseNames.slips(of: repository.name, in: knownNames(of: repository.kind))
      return "\(beginning) no files of \(repository.summary)\(CloseNames.remark(close))"
    }
    let names = known + commits.filter { commit in !known.contains(commit) }
    return "\(beginning) \(repository.summary), but not \(revision): write \(repository)@REVISION with one of "
      + names.joined(separator: ", ")
  }
}

/// The files of a repository at one commit, as far as the cache holds them.
public struct HubSnapshot: Sendable, Hashable {
  /// The repository.
  public let repository: RepositoryID
  /// The revision that was asked for, such as `main`.
  public let revision: HubRevision
  /// The commit, 40 hexadecimal digits.
  public let commit: String
  /// The folder of the files.
  public let path: String

  /// The path of a file; nil where the cache does not hold it: it is missing, or a link that leads nowhere.
  ///
  /// - Throws: `InputError` where the file only points to a large file that was never fetched.
  public func file(_ path: RepositoryPath) throws(InputError) -> String? {
    let file = path.path(in: self.path)
    guard let status = Files.status(file), status.isRegular else { return nil }
    if LFSPointer.isPointer(file, size: status.size) {
      throw .hub(
        HubFailure(
          .damaged,
          """
          \(file) is a pointer of Git LFS, not the file itself: fetch it with `git lfs pull` there, or remove it and \
          fetch \(repository) again
          """))
    }
    return file
  }

  /// The paths of all files that the cache holds, sorted; links that lead nowhere are left out.
  public var files: [RepositoryPath] {
    FolderTree.files(in: path).compactMap { try? RepositoryPath($0) }
  }
}

/// What Git LFS puts in the place of a large file that was not fetched.
enum LFSPointer {
  private static let beginning = Array("version https://git-lfs.github.com/spec/".utf8)
  /// The specification's limit in bytes.
  private static let maximumSize = 1_024

  /// Whether a file is a pointer.
  static func isPointer(_ path: String, size: Int) -> Bool {
    guard (beginning.count..<maximumSize).contains(size), let bytes = try? Files.read(path) else { return false }
    return bytes.starts(with: beginning)
  }
}

/// The files in a folder and the folders below it.
enum FolderTree {
  /// No snapshot is deeper or holds more files: what is beyond is not looked at.
  private static let maximumDepth = 32
  private static let maximumFiles = 1 << 20

  /// The paths of all regular files relative to the folder, sorted by bytes; links to files are followed, links to
  /// folders are not, so that no circle is walked.
  static func files(in folder: String) -> [String] {
    var files: [String] = []
    walk(folder, prefix: "", depth: 0, &files)
    return files
  }

  private static func walk(_ folder: String, prefix: String, depth: Int, _ files: inout [String]) {
    guard depth < maximumDepth, let names = try? Files.list(folder) else { return }
    for name in names where files.count < maximumFiles {
      let path = Files.join(folder, name)
      guard let status = Files.status(path) else { continue }
      if status.isRegular {
        files.append(prefix + name)
      } else if status.isDirectory, !Files.isLink(path) {
        walk(path, prefix: prefix + name + "/", depth: depth + 1, &files)
      }
    }
  }
}
