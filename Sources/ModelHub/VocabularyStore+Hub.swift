import Support

/// The Hugging Face cache: `models--OWNER--NAME/snapshots/COMMIT/FILE`, where files are links into `blobs`.
///
/// The layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
extension VocabularyStore {
  /// The names under which repositories keep vocabularies.
  private static let candidateNames = ["tokenizer.model", "tokenizer.json", "original/tokenizer.model"]

  private static let repositoryPrefix = "models--"

  /// Looks through all repositories: the official files are in many, under other owners too.
  func searchHub(_ vocabulary: OfficialVocabulary, _ search: inout VocabularySearch) {
    for folder in names(in: hubDirectory) where folder.hasPrefix(Self.repositoryPrefix) {
      let repository = folder.dropFirst(Self.repositoryPrefix.count).split(separator: "--").joined(separator: "/")
      let found = searchRepository(repository, in: Files.join(hubDirectory, folder), for: vocabulary)
      if let location = found.location {
        search.location = location
        return
      }
      // What other models' repositories hold is no news to anyone.
      if vocabulary.repositoryMarks.contains(where: { "/\(repository)".lowercased().contains($0) }) {
        search.notices += found.notices
      }
    }
  }

  private func searchRepository(_ repository: String, in folder: String, for vocabulary: OfficialVocabulary)
    -> VocabularySearch
  {
    var search = VocabularySearch()
    let snapshots = Files.join(folder, "snapshots")
    for revision in names(in: snapshots) {
      let origin = VocabularyLocation.Origin.huggingFaceCache(repository: repository, revision: revision)
      for name in Self.candidateNames where search.location == nil {
        examine(Files.join(Files.join(snapshots, revision), name), for: vocabulary, origin: origin, &search)
      }
    }
    return search
  }

  private func examine(
    _ path: String, for vocabulary: OfficialVocabulary, origin: VocabularyLocation.Origin,
    _ search: inout VocabularySearch
  ) {
    guard let status = Files.status(path), !status.isDirectory else { return }
    // A file of another size cannot be the official one, so most files need not be read.
    guard status.size == vocabulary.byteCount else {
      search.pass(path, "it has \(status.size) bytes, the official \(vocabulary.hubName) has \(vocabulary.byteCount)")
      return
    }
    do throws(FileError) {
      let found = try location(path, of: vocabulary, origin: origin)
      guard found.isOfficial else {
        search.pass(path, "its SHA-256 is \(found.digest), that of the official file \(vocabulary.sha256)")
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
