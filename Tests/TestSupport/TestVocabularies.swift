public import ModelHub
import Synchronization
public import Tokenizers

/// The official vocabulary files for tests that need them.
public enum TestVocabularies {
  private static let loaded = Mutex<[TokenizerKind: Tokenizer?]>([:])

  /// The file of a tokenizer; nil, after one line that says so, where it is not on this machine.
  ///
  /// With `CI=true` that is a failure.
  public static func location(_ kind: TokenizerKind, suite: String) throws -> VocabularyLocation? {
    if let location = try VocabularyStore().search(kind).location { return location }
    NotRun.report(suite, "no \(kind.name) vocabulary; get it with `tokenstats tokenizers fetch`")
    return nil
  }

  /// The tokenizer, loaded once; nil, after one line that says so, where its file is not on this machine.
  public static func tokenizer(_ kind: TokenizerKind, suite: String) throws -> Tokenizer? {
    let tokenizer = try loaded.withLock { loaded in
      if let tokenizer = loaded[kind] { return tokenizer }
      let tokenizer = try VocabularyStore().search(kind).location.map { try Tokenizer(kind: kind, location: $0) }
      loaded[kind] = .some(tokenizer)
      return tokenizer
    }
    if tokenizer == nil { _ = try location(kind, suite: suite) }
    return tokenizer
  }

  /// Whether all files are on this machine; says which is not.
  public static func areHere(suite: String) throws -> Bool {
    try ModelRegistry.tokenizers.allSatisfy { try tokenizer($0, suite: suite) != nil }
  }
}
