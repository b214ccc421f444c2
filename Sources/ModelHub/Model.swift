public import Tokenizers

/// A model as it was published: whose files it is counted with, and which chat template it has.
///
/// The models that are known are data, see ``ModelRegistry``.
public struct Model: Sendable, Hashable {
  /// The short name in dataset names and on the command line, such as `qwen-3-32b`; nil where it has none.
  public let name: String?
  /// The repository on the Hugging Face hub.
  public let hubID: String
  /// The revision of ``hubID`` whose template and vocabulary are reproduced.
  ///
  /// Source: the repositories' commit histories on huggingface.co.
  public let revision: String
  /// SHA-256, in hexadecimal, of the chat template's text.
  public let templateSHA256: String
  /// How the model's text is cut into tokens.
  public let tokenizer: TokenizerKind

  /// Makes a model.
  public init(name: String?, hubID: String, revision: String, templateSHA256: String, tokenizer: TokenizerKind) {
    self.name = name
    self.hubID = hubID
    self.revision = revision
    self.templateSHA256 = templateSHA256
    self.tokenizer = tokenizer
  }
}

/// A tokenizer that models share: a vocabulary file, and how the file becomes the definition of a tokenizer.
public struct TokenizerKind: Sendable, Hashable, CustomStringConvertible {
  /// The name in tables and messages, such as `qwen3`; no two kinds have the same.
  public let name: String
  /// The official file that it is read from.
  public let file: VocabularyFile
  /// How the file becomes the definition of a tokenizer.
  public let converter: VocabularyConverter

  /// Makes a kind.
  public init(name: String, file: VocabularyFile, converter: VocabularyConverter) {
    self.name = name
    self.file = file
    self.converter = converter
  }

  /// The name.
  public var description: String { name }

  /// Whether two kinds have the same name.
  public static func == (left: TokenizerKind, right: TokenizerKind) -> Bool { left.name == right.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// An official vocabulary file: one exact sequence of bytes, known by its SHA-256.
public struct VocabularyFile: Sendable, Hashable {
  /// A license.
  public struct License: Sendable, Hashable {
    /// The name by which the license is known.
    public let name: String
    /// Where its text is published.
    public let address: String
  }

  /// The name in tables and messages.
  public let name: String
  /// The SHA-256 of the file as 64 hexadecimal digits.
  public let sha256: String
  /// The size of the file in bytes.
  public let byteCount: Int
  /// The license that the file is under, with the address of its text.
  public let license: License
  /// The name of the file in the program's own cache folder.
  public let cachedName: String
  /// The name of the file in its repositories on the Hugging Face hub.
  public let hubName: String
  /// Part of the names, in lower case, of the repositories that ought to hold this file.
  let repositoryMarks: [String]
  /// The path of the file in the Python package that `VocabularyStore` fetches from.
  let packageMember: String
}
