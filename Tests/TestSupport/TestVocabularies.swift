public import ModelHub
public import Tokenizers

/// The official vocabulary files for tests that need them.
public enum TestVocabularies {
  private static let gemma = Result { try load(.gemma2) }
  private static let llama = Result { try load(.llama3) }
  private static let qwen = Result { try load(.qwen3) }
  private static let oldQwen = Result { try load(.qwen25) }

  /// The file of a family; nil, after one line that says so, where it is not on this machine.
  ///
  /// With `CI=true` that is a failure.
  public static func location(_ family: VocabularyFamily, suite: String) throws -> VocabularyLocation? {
    if let location = try VocabularyStore().search(family).location { return location }
    NotRun.report(suite, "no \(family.rawValue) vocabulary; get it with `tokenstats tokenizers fetch`")
    return nil
  }

  /// The tokenizer of a family, loaded once; nil, after one line that says so, where its file is not on this machine.
  public static func tokenizer(_ family: VocabularyFamily, suite: String) throws -> Tokenizer? {
    let loaded =
      switch family {
      case .gemma2: gemma
      case .llama3: llama
      case .qwen3: qwen
      case .qwen25: oldQwen
      }
    if let tokenizer = try loaded.get() { return tokenizer }
    _ = try location(family, suite: suite)
    return nil
  }

  /// Whether all files are on this machine; says which is not.
  public static func areHere(suite: String) throws -> Bool {
    try VocabularyFamily.allCases.allSatisfy { try tokenizer($0, suite: suite) != nil }
  }

  private static func load(_ family: VocabularyFamily) throws -> Tokenizer? {
    try VocabularyStore().search(family).location.map { try Tokenizer(family: family, location: $0) }
  }
}
