public import Support

/// The number of a token in its vocabulary, as Hugging Face tokenizers number it.
public typealias TokenID = Int32

/// Turns text into tokens exactly as a Hugging Face tokenizer does, and back.
///
/// What it does is a value, `TokenizerDefinition`. Definitions that the compiled tables can follow are counted by
/// vector code; which these are is told by comparing steps, never by a name.
///
/// A tokenizer never changes after `init` and may be shared by any number of threads; each takes its own counter.
///
/// ```swift
/// let tokenizer = try Tokenizer(file: "tokenizer.json", converter: .tokenizerJSON())
/// var counter = tokenizer.makeCounter()
/// print(counter.count("Hello, world!".utf8Span.span.bytes))
/// ```
public struct Tokenizer: Sendable {
  /// How a tokenizer follows its definition.
  public enum Engine: Hashable, Sendable {
    /// By compiled tables and vector code.
    case compiled
    /// Step by step, which is slower; why there is no faster way.
    case reference(reason: String)
  }

  let model: ModelTables
  private let kernels: CountingKernels

  /// The SHA-256 digest of the file that the definition comes from; nil where it comes from none.
  public let sourceDigest: SHA256Digest?

  /// Why the compiled tables could not be kept for the next time; nil where they were there or have been kept.
  public private(set) var tablesError: FileError?

  /// Makes a tokenizer of a definition.
  ///
  /// - Parameter kernels: The name of a set of inner loops, one of `CountingKernels.names`; nil for the fastest.
  /// - Throws: `TokenizerError` where the kernels are not available.
  public init(_ definition: TokenizerDefinition, kernels: String? = nil) throws(TokenizerError) {
    self.kernels = try CountingKernels.selected(name: kernels)
    model = ModelTables(try Self.compile(definition))
    sourceDigest = nil
  }

  /// Loads a vocabulary file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - digest: The digest of the file where it was verified before: if its tables are kept, it is not read again.
  ///   - converter: How the file becomes a definition.
  ///   - tables: Where the tables made from definitions are kept; nil to make them anew each time.
  ///   - kernels: The name of a set of inner loops, one of `CountingKernels.names`; nil for the fastest.
  /// - Throws: `TokenizerError` where the file cannot be read, is not what `converter` reads or has changed, or where the
  ///   kernels are not available.
  public init(
    file path: String, digest: SHA256Digest? = nil, converter: VocabularyConverter, tables: CompiledTables? = nil,
    kernels: String? = nil
  ) throws(TokenizerError) {
    self.kernels = try CountingKernels.selected(name: kernels)
    if let digest, let image = tables?.load(source: digest, converter: converter) {
      model = ModelTables(image)
      sourceDigest = digest
      return
    }
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.read(path) } catch { throw .unreadable(error) }
    let found = SHA256Digest.of(bytes.span.bytes)
    guard found == digest ?? found else { throw .damaged(path: path, reason: "it changed while it was read") }
    sourceDigest = found
    if digest == nil, let image = tables?.load(source: found, converter: converter) {
      model = ModelTables(image)
      return
    }
    let image = try Self.compile(try converter.definition(of: bytes, path: path))
    model = ModelTables(image)
    do throws(FileError) {
      try tables?.store(image, source: found, converter: converter)
    } catch {
      tablesError = error
    }
  }

  private static func compile(_ definition: TokenizerDefinition) throws(TokenizerError) -> TableImage {
    do throws(NoFastPath) {
      return try ModelCompiler.compile(BytePairPlan(definition))
    } catch {
      throw .damaged(path: "definition", reason: error.reason)
    }
  }

  /// How the definition is followed.
  public var engine: Engine { .compiled }

  /// One more than the highest token, added tokens included.
  public var vocabularySize: Int { model.vocabularySize }

  /// What is put around the tokens of a text where special tokens are asked for.
  public var specialTokens: SpecialTokens { model.specialTokens }

  /// The token that begins a text where special tokens are asked for; nil where there is none.
  public var bosToken: TokenID? { specialTokens.before.first }

  /// Encodes UTF-8 text; added tokens in it are found, none is put around it.
  ///
  /// Every maximal part that is not UTF-8 counts as U+FFFD.
  ///
  /// - Complexity: O(length of the text).
  public func encode(_ text: RawSpan) -> [TokenID] {
    var encoder = TextEncoder(model)
    text.withUnsafeBytes { encoder.encode($0.assumingMemoryBound(to: UInt8.self)) }
    return encoder.ids
  }

  /// Encodes a string; added tokens in it are found, none is put around it.
  ///
  /// - Complexity: O(length of the text).
  public func encode(_ text: String) -> [TokenID] { encode(text.utf8Span.span.bytes) }

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
