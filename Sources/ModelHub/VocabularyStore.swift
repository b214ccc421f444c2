public import Support

/// Finds vocabulary files on this machine and fetches those that are missing.
///
/// A file that the user names comes first, then the Hugging Face cache, then the program's own cache. Files in the
/// caches are used only if they are the official ones, byte for byte.
public struct VocabularyStore: Sendable {
  /// Files that the user named.
  public var overrides: [VocabularyFamily: String]

  /// The program's own cache folder: `$XDG_CACHE_HOME/tokenstats`, else `~/.cache/tokenstats`.
  public let cacheDirectory: String

  /// The Hugging Face cache: `$HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`.
  public let hubDirectory: String

  /// The value of `PATH`, where pip is looked for.
  let searchPath: String

  /// Makes a store for a process environment; looks nothing up yet.
  ///
  /// - Parameters:
  ///   - overrides: Files that the user named.
  ///   - environment: Gives the value of an environment variable, nil where it is not set.
  public init(
    overrides: [VocabularyFamily: String] = [:],
    environment: (String) -> String? = { Files.environment($0) }
  ) {
    func value(_ name: String) -> String? {
      guard let value = environment(name), !value.isEmpty else { return nil }
      guard let home = environment("HOME"), value == "~" || value.hasPrefix("~/") else { return value }
      return home + value.dropFirst()
    }
    let caches = value("XDG_CACHE_HOME") ?? Files.join(value("HOME") ?? ".", ".cache")
    let hub = value("HF_HOME") ?? Files.join(caches, "huggingface")
    self.overrides = overrides
    cacheDirectory = Files.join(caches, "tokenstats")
    hubDirectory = value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") ?? Files.join(hub, "hub")
    searchPath = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
  }

  /// Returns the file that a family is to be read from.
  ///
  /// - Throws: `VocabularyStoreError.missing` where there is none, or `.file` where a file that the user named cannot
  ///   be read.
  /// - Complexity: O(size of the file), which is read to verify it; O(1) once that was done, until the file changes.
  public func locate(_ family: VocabularyFamily) throws(VocabularyStoreError) -> VocabularyLocation {
    let search = try search(family)
    guard let location = search.location else {
      throw .missing(family, searched: [hubDirectory, cacheDirectory])
    }
    return location
  }

  /// Looks for the file of a family and notes what was passed over.
  ///
  /// - Throws: `VocabularyStoreError.file` where a file that the user named cannot be read.
  public func search(_ family: VocabularyFamily) throws(VocabularyStoreError) -> VocabularySearch {
    if let path = overrides[family] {
      return try VocabularyStoreError.wrapping { () throws(FileError) in
        VocabularySearch(location: try location(path, of: family.officialVocabulary, origin: .override))
      }
    }
    return search(family.officialVocabulary)
  }

  /// Looks for an official file in the caches and notes what was passed over.
  public func search(_ vocabulary: OfficialVocabulary) -> VocabularySearch {
    var search = VocabularySearch()
    searchHub(vocabulary, &search)
    if search.location == nil {
      searchCache(vocabulary, &search)
    }
    return search
  }

  /// Where `fetch` puts an official file.
  public func cachedPath(of vocabulary: OfficialVocabulary) -> String {
    Files.join(cacheDirectory, vocabulary.cachedName)
  }

  private func searchCache(_ vocabulary: OfficialVocabulary, _ search: inout VocabularySearch) {
    let path = cachedPath(of: vocabulary)
    guard Files.exists(path) else { return }
    do throws(FileError) {
      let found = try location(path, of: vocabulary, origin: .cache)
      guard found.isOfficial else {
        search.pass(
          path, "its SHA-256 is \(found.digest), expected \(vocabulary.sha256); `tokenizers fetch` replaces it")
        return
      }
      search.location = found
    } catch {
      search.pass(path, error.reason)
    }
  }

  /// Verifies a file, which is read unless it is known from the last time.
  func location(_ path: String, of vocabulary: OfficialVocabulary, origin: VocabularyLocation.Origin)
    throws(FileError) -> VocabularyLocation
  {
    let known = KnownFiles(directory: Files.join(cacheDirectory, "known"))
    let stamp = FileStamp(path)
    if let stamp, let digest = known.fact(about: stamp).flatMap(SHA256Digest.init(hex:)) {
      return VocabularyLocation(
        path: path, origin: origin, byteCount: stamp.size, digest: digest, isOfficial: vocabulary.matches(digest))
    }
    let contents = try Files.read(path)
    let digest = SHA256Digest.of(contents.span.bytes)
    if let stamp { known.remember(digest.hex, about: path, since: stamp) }
    return VocabularyLocation(
      path: path, origin: origin, byteCount: contents.count, digest: digest, isOfficial: vocabulary.matches(digest))
  }
}
