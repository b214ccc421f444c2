public import Support

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
