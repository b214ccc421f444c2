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
  /// - Parameters:
  ///   - tables: Where the tables made from vocabularies are kept; nil to make them anew each time.
  ///   - kernels: The name of a set of inner loops; nil for the fastest.
  /// - Throws: `TokenizerError` where the file cannot be read, is not one of `family` or has changed, or where the
  ///   kernels are not available.
  public init(
    family: VocabularyFamily, location: VocabularyLocation, tables: CompiledTables? = nil, kernels: String? = nil
  ) throws(TokenizerError) {
    try self.init(
      file: location.path, digest: location.digest, converter: family.converter, tables: tables, kernels: kernels)
  }
}
