public import Support

/// The number of a token in its vocabulary, as Hugging Face tokenizers number it.
public typealias TokenID = Int32

/// Turns text into tokens exactly as a Hugging Face tokenizer does, and back.
///
/// What it does is a value, `TokenizerDefinition`. Definitions that the compiled tables can follow are counted by
/// vector code; they are recognized by comparing steps, never by a name.
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
    /// Step by step, but each piece of text only once; why there are no compiled tables.
    case pieces(reason: String)
    /// Step by step, which is slower; why there is no faster way.
    case reference(reason: String)
  }

  private enum Follower: Sendable {
    case compiled(ModelTables, CountingKernels)
    case reference(ReferenceTokenizer, PiecePlan?, reason: String)
  }

  private let follower: Follower

  /// Which characters belong to no token; to be set by who knows the definition.
  public var offsets = TokenOffsets.whole

  /// What encodes texts with `ControlTokenMarks`; nil where they are characters like any other.
  var marked: MarkedTextEncoder? {
    get { marking?.encoder }
    set { marking = newValue.map(Marking.init) }
  }
  private var marking: Marking?

  /// Holds what itself holds a tokenizer.
  private final class Marking: Sendable {
    let encoder: MarkedTextEncoder

    init(_ encoder: MarkedTextEncoder) { self.encoder = encoder }
  }

  /// The SHA-256 digest of the file that the definition comes from; nil if it comes from none.
  public let sourceDigest: SHA256Digest?

  /// Why the compiled tables could not be stored for the next time; nil if they were found or have been stored.
  public private(set) var tablesError: FileError?

  /// Makes a tokenizer of a definition.
  ///
  /// - Parameter kernels: The name of a set of inner loops; nil for the fastest.
  /// - Throws: `TokenizerError` if the kernels are not available, or the definition cannot be followed.
  public init(_ definition: TokenizerDefinition, kernels: String? = nil) throws(TokenizerError) {
    let kernels = try CountingKernels.selected(name: kernels)
    (follower, _) = try Self.follow(definition, kernels, name: "the definition")
    sourceDigest = nil
  }

  /// Loads a vocabulary file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - digest: The digest of the file if it was verified before: if its tables are kept, it is not read again.
  ///   - converter: How the file becomes a definition.
  ///   - tables: Where the tables made from definitions are kept; nil to make them each time.
  ///   - kernels: The name of a set of inner loops; nil for the fastest.
  /// - Throws: `TokenizerError` if the file cannot be read, is not what `converter` reads or has changed, or if the
  ///   kernels are not available.
  public init(
    file path: String, digest: SHA256Digest? = nil, converter: VocabularyConverter, tables: CompiledTables? = nil,
    kernels: String? = nil
  ) throws(TokenizerError) {
    let set = try CountingKernels.selected(name: kernels)
    if let digest, let image = tables?.load(source: digest, converter: converter) {
      self.init(.compiled(ModelTables(image), set), digest)
      return
    }
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.read(path) } catch { throw .unreadable(error) }
    let found = SHA256Digest.of(bytes.span.bytes)
    guard found == digest ?? found else { throw .damaged(path: path, reason: "it changed while it was read") }
    try self.init(
      contents: bytes, digest: found, path: path, converter: converter, tables: tables, kernels: kernels)
  }

  /// Makes a tokenizer of the contents of a vocabulary file.
  ///
  /// - Parameters:
  ///   - bytes: The contents.
  ///   - digest: Their digest.
  ///   - path: What errors call the file.
  ///   - converter: How the contents become a definition; they are not looked at if the tables are kept.
  ///   - tables: Where the tables made from definitions are kept; nil to make them each time.
  ///   - kernels: The name of a set of inner loops; nil for the fastest.
  /// - Throws: `TokenizerError` if the contents are not what `converter` reads, or if the kernels are not available.
  public init(
    contents bytes: [UInt8], digest: SHA256Digest, path: String, converter: VocabularyConverter,
    tables: CompiledTables? = nil, kernels: String? = nil
  ) throws(TokenizerError) {
    let kernels = try CountingKernels.selected(name: kernels)
    if let image = tables?.load(source: digest, converter: converter) {
      self.init(.compiled(ModelTables(image), kernels), digest)
      return
    }
    let isPlain = converter == .tokenizerJSON() || converter == .contents(spec: nil)
    if isPlain, let tables, let definition = tables.loadDefinition(source: digest) {
      let (follower, _) = try Self.follow(definition, kernels, name: path)
      self.init(follower, digest)
      return
    }
    let definition: TokenizerDefinition
    let (follower, image): (Follower, TableImage?)
    do throws(TokenizerError) {
      definition = try converter.definition(of: bytes)
    } catch { throw .damaged(path: path, reason: error.description) }
    (follower, image) = try Self.follow(definition, kernels, name: path)
    self.init(follower, digest)
    guard let tables else { return }
    do throws(FileError) {
      if let image {
        try tables.store(image, source: digest, converter: converter)
      } else if isPlain, bytes.count >= Self.archivedSize,
        let archive = DefinitionArchive.bytes(of: definition, file: bytes)
      {
        try tables.store(archive, source: digest)
      }
    } catch {
      tablesError = error
    }
  }

  /// Smaller files are read as fast as what could be stored of them.
  private static let archivedSize = 1 << 19

  private init(_ follower: Follower, _ sourceDigest: SHA256Digest?) {
    self.follower = follower
    self.sourceDigest = sourceDigest
  }

  /// Compiles a definition where there is a fast path for it.
  private static func follow(_ definition: TokenizerDefinition, _ kernels: CountingKernels, name: String)
    throws(TokenizerError) -> (Follower, TableImage?)
  {
    let obstacle: String
    do throws(TokenizerError) {
      let image = ModelCompiler.compile(try BytePairPlan(definition))
      return (.compiled(ModelTables(image), kernels), image)
    } catch { obstacle = error.description }
    do throws(TokenizerError) {
      let reference = try ReferenceTokenizer(definition)
      return (.reference(reference, try PiecePlan(definition, reference), reason: obstacle), nil)
    } catch { throw .damaged(path: name, reason: error.description) }
  }

  /// The tables; nil if the reference code follows the definition.
  var tables: ModelTables? {
    guard case .compiled(let tables, _) = follower else { return nil }
    return tables
  }

  /// The definition; nil if it was compiled to tables.
  var definition: TokenizerDefinition? {
    guard case .reference(let reference, _, _) = follower else { return nil }
    return reference.definition
  }

  /// How the definition is followed.
  public var engine: Engine {
    switch follower {
    case .compiled: .compiled
    case .reference(_, .some, let reason): .pieces(reason: reason)
    case .reference(_, nil, let reason): .reference(reason: reason)
    }
  }

  /// How each part of the definition is followed where tokens are counted.
  public var fastPaths: FastPaths {
    switch follower {
    case .compiled(let tables, _):
      FastPaths(normalizer: tables.normalizes ? .vectorCode : .nothing, preTokenizer: .vectorCode, model: .tables)
    case .reference(let reference, let plan?, _): plan.fastPaths(reference.definition)
    case .reference(_, nil, _): FastPaths(normalizer: .reference, preTokenizer: .reference, model: .reference)
    }
  }

  /// One more than the highest token, added tokens included.
  public var vocabularySize: Int {
    switch follower {
    case .compiled(let tables, _): return tables.vocabularySize
    case .reference(let reference, _, _):
      let definition = reference.definition
      return 1 + Int(max(definition.model.vocabulary.ids.max() ?? -1, definition.addedTokens.map(\.id).max() ?? -1))
    }
  }

  /// What is put around the tokens of a text if special tokens are asked for; nil if tokens cannot express it.
  public var specialTokens: SpecialTokens? {
    switch follower {
    case .compiled(let tables, _): tables.specialTokens
    case .reference(let reference, _, _): SpecialTokens(reference.definition.postProcessor)
    }
  }

  /// The token that begins a text if special tokens are asked for; nil if there is none.
  public var bosToken: TokenID? { specialTokens?.before.first }

  /// Encodes UTF-8 text. Added tokens in it are found; none are put around it.
  ///
  /// Every maximal part that is not UTF-8 counts as U+FFFD.
  ///
  /// - Throws: `TokenizerError` if the text has no tokens by the definition; never if there is a fast path.
  /// - Complexity: O(length of the text).
  public func encode(_ text: RawSpan) throws(TokenizerError) -> [TokenID] {
    var encoder = makeEncoder()
    return try encoder.encode(text)
  }

  /// Makes an encoder of many texts for the calling thread.
  public func makeEncoder() -> TokenEncoder {
    switch follower {
    case .compiled(let tables, _): TokenEncoder(tables, marked: marked)
    case .reference(let reference, _, _): TokenEncoder(reference, marked: marked)
    }
  }

  /// Encodes a string. Added tokens in it are found; none are put around it.
  ///
  /// - Throws: `TokenizerError` if the text has no tokens by the definition; never if there is a fast path.
  /// - Complexity: O(length of the text).
  public func encode(_ text: String) throws(TokenizerError) -> [TokenID] { try encode(text.utf8Span.span.bytes) }

  /// The added tokens.
  var addedTokens: [AddedToken] {
    switch follower {
    case .compiled(let tables, _): tables.addedTokens
    case .reference(let reference, _, _): reference.definition.addedTokens
    }
  }

  /// The tokens of a text with the places that they come from.
  func tokens(of text: [UInt8]) throws(TokenizerError) -> [MarkedTextEncoder.Token] {
    switch follower {
    case .compiled(let tables, _):
      var encoder = TextEncoder(tables)
      text.withUnsafeBufferPointer { encoder.encode($0) }
      return zip(encoder.ids, encoder.starts).map { MarkedTextEncoder.Token(id: $0, start: $1) }
    case .reference(let reference, _, _):
      return try text.withUnsafeBufferPointer { text throws(TokenizerError) in
        try reference.encode(text).map { MarkedTextEncoder.Token(id: $0.id, start: $0.source.lowerBound) }
      }
    }
  }

  /// The tokens of a text in which no added tokens are looked for.
  func textIDs(of text: [UInt8]) throws(TokenizerError) -> [TokenID] {
    switch follower {
    case .compiled(let tables, _):
      var encoder = TextEncoder(tables)
      text.withUnsafeBufferPointer { encoder.encodePlain($0) }
      return encoder.ids
    case .reference(let reference, _, _):
      return try text.withUnsafeBufferPointer { text throws(TokenizerError) in try reference.encodePlain(text) }
    }
  }

  /// The bytes of the tokens in decoded text; tokens that do not exist have none.
  ///
  /// - Throws: `TokenizerError` if a pattern of the decoder needs too many steps; never if there is a fast path.
  public func decodeBytes(_ ids: [TokenID]) throws(TokenizerError) -> [UInt8] {
    switch follower {
    case .compiled(let tables, _): tables.decodedBytes(of: ids)
    case .reference(let reference, _, _): try reference.decode(ids)
    }
  }

  /// The text of the tokens, with U+FFFD for bytes that are not UTF-8.
  ///
  /// - Throws: `TokenizerError` if a pattern of the decoder needs too many steps; never if there is a fast path.
  public func decode(_ ids: [TokenID]) throws(TokenizerError) -> String {
    String(decoding: try decodeBytes(ids), as: UTF8.self)
  }

  /// Makes a counter for the calling thread.
  public func makeCounter() -> TokenCounter {
    switch follower {
    case .compiled(let tables, let kernels): TokenCounter(tables, kernels: kernels, marked: marked)
    case .reference(let reference, let plan, _): TokenCounter(reference, plan, marked: marked)
    }
  }
}
