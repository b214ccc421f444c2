public import Support
public import Tokenizers

/// Finds vocabulary files on this machine and fetches those that are missing.
///
/// A file that the user names comes first, then the Hugging Face cache, then the program's own cache. Files in the
/// caches are used only if they are the official ones, byte for byte.
public struct VocabularyStore: Sendable {
  /// Files, or folders with the file in it, that the user named.
  public var overrides: [TokenizerKind: ModelReference]

  /// The program's own cache folder: `$XDG_CACHE_HOME/tokenstats`, else `~/.cache/tokenstats`; nil without a home.
  public let cacheDirectory: String?

  /// The Hugging Face cache: `$HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`; nil without a home.
  public let hubDirectory: String?

  /// The value of `PATH`, where pip is looked for.
  let searchPath: String

  /// Makes a store for a process environment; looks nothing up yet.
  ///
  /// - Parameters:
  ///   - overrides: Files that the user named.
  ///   - environment: Gives the value of an environment variable, nil where it is not set.
  public init(
    overrides: [TokenizerKind: ModelReference] = [:],
    environment: (String) -> String? = { Files.environment($0) }
  ) {
    let folders = CacheFolders(environment: environment)
    self.overrides = overrides
    cacheDirectory = folders.own
    hubDirectory = folders.hub
    searchPath = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
  }

  /// Returns the file that a tokenizer is to be read from.
  ///
  /// - Throws: `InputError` where there is none, or a file that the user named cannot be read.
  /// - Complexity: O(size of the file), which is read to verify it; O(1) once that was done, until the file changes.
  public func locate(_ tokenizer: TokenizerKind) throws(InputError) -> VocabularyLocation {
    let search = try search(tokenizer)
    guard let location = search.location else {
      throw .missing(tokenizer, searched: [hubDirectory, cacheDirectory].compactMap(\.self))
    }
    return location
  }

  /// Looks for the file of a tokenizer and notes what was passed over.
  ///
  /// - Throws: `InputError` where a file that the user named cannot be read.
  public func search(_ tokenizer: TokenizerKind) throws(InputError) -> VocabularySearch {
    if let path = overrides[tokenizer]?.path(of: tokenizer.file) {
      return try InputError.wrapping { () throws(FileError) in
        VocabularySearch(location: try location(path, of: tokenizer.file, origin: .override))
      }
    }
    return search(tokenizer.file)
  }

  /// Looks for an official file in the caches and notes what was passed over.
  public func search(_ file: VocabularyFile) -> VocabularySearch {
    var search = VocabularySearch()
    searchHub(file, &search)
    if search.location == nil {
      searchCache(file, &search)
    }
    return search
  }

  /// Where `fetch` puts an official file; nil where there is no folder for it.
  public func cachedPath(of file: VocabularyFile) -> String? {
    cacheDirectory.map { Files.join($0, file.cachedName) }
  }

  private func searchCache(_ file: VocabularyFile, _ search: inout VocabularySearch) {
    guard let path = cachedPath(of: file), Files.exists(path) else { return }
    do throws(FileError) {
      let found = try location(path, of: file, origin: .cache)
      guard found.isOfficial else {
        search.pass(
          path, "its SHA-256 is \(found.digest), expected \(file.sha256); `tokenizers fetch` replaces it")
        return
      }
      search.location = found
    } catch {
      search.pass(path, error.reason)
    }
  }

  /// Verifies a file, which is read unless it is known from the last time.
  func location(_ path: String, of file: VocabularyFile, origin: VocabularyLocation.Origin)
    throws(FileError) -> VocabularyLocation
  {
    let known = cacheDirectory.map { KnownFiles(directory: Files.join($0, "known")) }
    let stamp = FileStamp(path)
    if let stamp, let digest = known?.fact(about: stamp).flatMap(SHA256Digest.init(hex:)) {
      return VocabularyLocation(
        path: path, origin: origin, byteCount: stamp.size, digest: digest, isOfficial: digest.hex == file.sha256)
    }
    let contents = try Files.read(path)
    let digest = SHA256Digest.of(contents.span.bytes)
    if let stamp { known?.remember(digest.hex, about: path, since: stamp) }
    return VocabularyLocation(
      path: path, origin: origin, byteCount: contents.count, digest: digest, isOfficial: digest.hex == file.sha256)
  }
}

/// A vocabulary file that was found.
public struct VocabularyLocation: Sendable, Hashable {
  /// Where a file comes from.
  public enum Origin: Sendable, Hashable {
    /// The user named it.
    case override
    /// A snapshot in the Hugging Face cache: repository such as "google/gemma-2-27b-it", and its commit.
    case huggingFaceCache(repository: String, revision: String)
    /// The program's own cache.
    case cache
  }

  /// The path of the file.
  public let path: String
  /// Where the file comes from.
  public let origin: Origin
  /// The size in bytes.
  public let byteCount: Int
  /// The SHA-256 of its bytes, computed when it was found.
  public let digest: SHA256Digest
  /// True if these are the bytes of the official file. Only a file that the user named may be another.
  public let isOfficial: Bool
}

/// The outcome of looking for a vocabulary file.
public struct VocabularySearch: Sendable {
  /// A file that was passed over.
  public struct Notice: Sendable, Hashable, CustomStringConvertible {
    /// The path of the file.
    public let path: String
    /// Why it is not used.
    public let reason: String

    /// One line for a person.
    public var description: String { "passed over \(path): \(reason)" }
  }

  /// The file that is there; nil where none is.
  public internal(set) var location: VocabularyLocation?

  /// Files that looked like it and are not used.
  public internal(set) var notices: [Notice] = []

  mutating func pass(_ path: String, _ reason: String) {
    notices.append(Notice(path: path, reason: reason))
  }
}

/// The Hugging Face cache: `models--OWNER--NAME/snapshots/COMMIT/FILE`, where files are links into `blobs`.
///
/// The layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
extension VocabularyStore {
  /// The names under which repositories keep vocabularies.
  private static let candidateNames = ["tokenizer.model", "tokenizer.json", "original/tokenizer.model"]

  private static let repositoryPrefix = "models--"

  /// Looks through all repositories: the official files are in many, under other owners too.
  func searchHub(_ file: VocabularyFile, _ search: inout VocabularySearch) {
    guard let hubDirectory else { return }
    for folder in names(in: hubDirectory) where folder.hasPrefix(Self.repositoryPrefix) {
      let repository = folder.dropFirst(Self.repositoryPrefix.count).split(atBytesOf: "--").joined(separator: "/")
      let found = searchRepository(repository, in: Files.join(hubDirectory, folder), for: file)
      if let location = found.location {
        search.location = location
        return
      }
      // What other models' repositories hold is nothing to tell.
      if file.repositoryMarks.contains(where: { "/\(repository)".lowercased().contains(bytesOf: $0) }) {
        search.notices += found.notices
      }
    }
  }

  private func searchRepository(_ repository: String, in folder: String, for file: VocabularyFile)
    -> VocabularySearch
  {
    var search = VocabularySearch()
    let snapshots = Files.join(folder, "snapshots")
    for revision in names(in: snapshots) {
      let origin = VocabularyLocation.Origin.huggingFaceCache(repository: repository, revision: revision)
      for name in Self.candidateNames where search.location == nil {
        examine(Files.join(Files.join(snapshots, revision), name), for: file, origin: origin, &search)
      }
    }
    return search
  }

  private func examine(
    _ path: String, for file: VocabularyFile, origin: VocabularyLocation.Origin,
    _ search: inout VocabularySearch
  ) {
    guard let status = Files.status(path), !status.isDirectory else { return }
    // A file of another size cannot be the official one, so most files need not be read.
    guard status.size == file.byteCount else {
      search.pass(path, "it has \(status.size) bytes, the official \(file.hubName) has \(file.byteCount)")
      return
    }
    do throws(FileError) {
      let found = try location(path, of: file, origin: origin)
      guard found.isOfficial else {
        search.pass(path, "its SHA-256 is \(found.digest), that of the official file \(file.sha256)")
        return
      }
      search.location = found
    } catch {
      search.pass(path, error.reason)
    }
  }

  /// The names in a folder; none where it cannot be listed.
  private func names(in folder: String) -> [String] {
    (try? Files.list(folder)) ?? []
  }
}

extension CompiledTables {
  /// The tables beside the program's own vocabulary files; nil where there is no folder for them.
  public static var userCache: CompiledTables? {
    VocabularyStore().cacheDirectory.map { CompiledTables(directory: Files.join($0, "tables")) }
  }
}

extension Tokenizer {
  /// Loads a vocabulary file that was found and verified; where its tables are kept the file is not read again.
  ///
  /// - Parameters:
  ///   - tables: Where the tables made from vocabularies are kept; nil to make them anew each time.
  ///   - kernels: The name of a set of inner loops; nil for the fastest.
  /// - Throws: `TokenizerError` where the file cannot be read, is not of this kind or has changed, or where the
  ///   kernels are not available.
  public init(
    kind: TokenizerKind, location: VocabularyLocation, tables: CompiledTables? = nil, kernels: String? = nil
  ) throws(TokenizerError) {
    try self.init(
      file: location.path, digest: location.digest, converter: kind.converter, tables: tables, kernels: kernels)
  }
}
