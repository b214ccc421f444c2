public import Support

/// Turns text into tokens exactly as a model's Hugging Face tokenizer does, and back.
///
/// A tokenizer never changes after `init` and may be shared by any number of threads; each takes its own counter.
///
/// ```swift
/// let tokenizer = try Tokenizer(family: .llama3, path: "tokenizer_llama3.tiktoken")
/// var counter = tokenizer.makeCounter()
/// print(counter.count("Hello, world!".utf8Span.span.bytes))
/// ```
public struct Tokenizer: Sendable {
  let model: BytePairModel
  private let kernels: CountingKernels

  /// Why the compiled tables could not be kept for the next time; nil where they were there or have been kept.
  public let tablesError: FileError?

  /// Loads the vocabulary file at `path`.
  ///
  /// - Parameter tables: Where the tables made from vocabularies are kept; nil to make them anew each time.
  /// - Throws: `TokenizerError` where the file cannot be read or is not one of `family`, or where the environment asks
  ///   for kernels that are not available.
  public init(family: VocabularyFamily, path: String, tables: CompiledTables? = nil) throws(TokenizerError) {
    let bytes = try Self.read(path)
    try self.init(family: family, digest: .of(bytes.span.bytes), tables: tables) { () throws(TokenizerError) in
      try VocabularyContents.load(family, path: path, bytes: bytes)
    }
  }

  /// Loads a vocabulary file whose digest is known; where its tables are kept the file is not read again.
  ///
  /// - Parameters:
  ///   - digest: The SHA-256 of the file's bytes.
  ///   - tables: Where the tables made from vocabularies are kept; nil to make them anew each time.
  /// - Throws: `TokenizerError` where the file cannot be read, is not one of `family` or has changed, or where the
  ///   environment asks for kernels that are not available.
  public init(
    family: VocabularyFamily, path: String, digest: SHA256Digest, tables: CompiledTables?
  ) throws(TokenizerError) {
    try self.init(family: family, digest: digest, tables: tables) { () throws(TokenizerError) in
      let bytes = try Self.read(path)
      guard SHA256Digest.of(bytes.span.bytes) == digest else {
        throw .damaged(path: path, reason: "it changed while it was read")
      }
      return try VocabularyContents.load(family, path: path, bytes: bytes)
    }
  }

  private init(
    family: VocabularyFamily, digest: SHA256Digest, tables: CompiledTables?,
    contents: () throws(TokenizerError) -> VocabularyContents
  ) throws(TokenizerError) {
    kernels = try CountingKernels.selected()
    if let image = tables?.load(family, digest: digest) {
      model = BytePairModel(image, family: family, digest: digest)
      tablesError = nil
      return
    }
    let image = ModelCompiler.compile(try contents(), family: family, digest: digest)
    model = BytePairModel(image, family: family, digest: digest)
    var failure: FileError?
    do throws(FileError) { try tables?.store(image, family: family, digest: digest) } catch { failure = error }
    tablesError = failure
  }

  private static func read(_ path: String) throws(TokenizerError) -> [UInt8] {
    do throws(FileError) { return try Files.read(path) } catch { throw .unreadable(error) }
  }

  /// The family whose rules apply.
  public var family: VocabularyFamily { model.family }

  /// The SHA-256 digest of the vocabulary file.
  public var sourceDigest: SHA256Digest { model.digest }

  /// One more than the highest token, added tokens included.
  public var vocabularySize: Int { model.vocabularySize }

  /// The token that begins a document; nil where the family has none.
  public var bosToken: TokenID? { model.beginningToken }

  /// Encodes UTF-8 text; added tokens in it are matched, none is put before it.
  ///
  /// Every maximal part that is not UTF-8 counts as U+FFFD. Linear.
  public func encode(_ text: RawSpan) -> [TokenID] {
    var encoder = TextEncoder(model)
    text.withUnsafeBytes { encoder.encode($0.assumingMemoryBound(to: UInt8.self)) }
    return encoder.ids
  }

  /// Encodes a string; added tokens in it are matched, none is put before it. Linear.
  public func encode(_ text: String) -> [TokenID] {
    var encoder = TextEncoder(model)
    var text = text
    text.withUTF8 { encoder.encode($0) }
    return encoder.ids
  }

  /// The bytes that the tokens stand for; tokens that do not exist stand for none.
  public func decodeBytes(_ ids: [TokenID]) -> [UInt8] {
    ids.flatMap { model.decodedBytes(of: $0) ?? [] }
  }

  /// The text that the tokens stand for, with U+FFFD for bytes that are not UTF-8.
  public func decode(_ ids: [TokenID]) -> String {
    String(decoding: decodeBytes(ids), as: UTF8.self)
  }

  /// Makes a counter for the calling thread.
  public func makeCounter() -> TokenCounter { TokenCounter(model, kernels: kernels) }
}
