import Support
public import Tokenizers

extension CompiledTables {
  /// The tables beside the program's own vocabulary files.
  public static var userCache: CompiledTables {
    CompiledTables(directory: Files.join(VocabularyStore().cacheDirectory, "tables"))
  }
}

extension Tokenizer {
  /// Loads a vocabulary file that was found and verified; where its tables are kept the file is not read again.
  ///
  /// - Parameter tables: Where the tables made from vocabularies are kept; nil to make them anew each time.
  /// - Throws: `TokenizerError` where the file cannot be read, is not one of `family` or has changed, or where the
  ///   environment asks for kernels that are not available.
  public init(
    family: VocabularyFamily, location: VocabularyLocation, tables: CompiledTables? = .userCache
  ) throws(TokenizerError) {
    try self.init(family: family, path: location.path, digest: location.digest, tables: tables)
  }
}
