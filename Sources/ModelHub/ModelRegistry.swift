import Tokenizers

/// The models, tokenizers and vocabulary files that are known.
///
/// A table of values, because the compiler checks it: it cannot be damaged, and nothing is parsed when the program
/// starts. A model of a known tokenizer and template is one more entry of ``models``.
public enum ModelRegistry {
  /// All models, those with short names sorted by them; the model that a template or file is found by comes first.
  public static let models: [Model] = [
    Model(
      name: "gemma-2-27b", hubID: "google/gemma-2-27b-it", revision: "aaf20e6b9f4c0fcf043f6fb2a2068419086d77b0",
      templateSHA256: "ecd6ae513fe103f0eb62e8ab5bfa8d0fe45c1074fa398b089c93a7e70c15cfd6", tokenizer: .gemma2),
    Model(
      name: "llama-3.3-70b", hubID: "meta-llama/Llama-3.3-70B-Instruct",
      revision: "6f6073b423013f6a7d4d9f39144961bfbfbc386b",
      templateSHA256: "e10ca381b1ccc5cf9db52e371f3b6651576caee0a630b452e2816b2d404d4b65", tokenizer: .llama3),
    Model(
      name: "qwen-3-32b", hubID: "Qwen/Qwen3-32B", revision: "9216db5781bf21249d130ec9da846c4624c16137",
      templateSHA256: "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8", tokenizer: .qwen3),
    Model(
      name: nil, hubID: "Qwen/Qwen2.5-7B-Instruct", revision: "a09a35458c702b33eeacc393d103063234e8bc28",
      templateSHA256: "cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f", tokenizer: .qwen25),
  ]

  /// The tokenizers, sorted by name of their files.
  public static let tokenizers: [TokenizerKind] = [.gemma2, .llama3, .qwen3, .qwen25]

  /// The vocabulary files, sorted by name.
  public static let files: [VocabularyFile] = [.gemma2, .llama3, .qwen3]

  /// The short names of all models that have one, sorted.
  public static let names: [String] = models.compactMap(\.name).sorted()

  /// The models with short names that are counted with a file.
  public static func names(of file: VocabularyFile) -> [String] {
    models.filter { $0.tokenizer.file == file }.compactMap(\.name).sorted()
  }
}

extension TokenizerKind {
  /// Gemma 2: 256,000 pieces, merged character by character, read from a SentencePiece `.model` file.
  public static let gemma2 = TokenizerKind(name: "gemma2", file: .gemma2, converter: .sentencePiece(beginning: "<bos>"))

  /// Llama 3.x: 128,000 byte strings and 256 special tokens, read from a tiktoken file.
  ///
  /// Source: `tokenizer.json` of Llama 3.3 on the Hugging Face hub, as the pattern and the names of the special tokens.
  public static let llama3 = TokenizerKind(
    name: "llama3", file: .llama3,
    converter: .tiktoken(
      pattern:
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
      specialTokens: [
        "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
        "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>",
        "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
      ] + (3..<248).map { "<|reserved_special_token_\($0)|>" }))

  /// Qwen 3: 151,643 byte strings and 26 added tokens, read from a Hugging Face `tokenizer.json`.
  public static let qwen3 = TokenizerKind(name: "qwen3", file: .qwen3, converter: .tokenizerJSON())

  /// Qwen 2.5: Qwen 3's file, whose added tokens end at 151,664 here.
  public static let qwen25 = TokenizerKind(
    name: "qwen25", file: .qwen3, converter: .tokenizerJSON(lastAddedToken: 151_664))
}

/// Sizes and digests are those of the files on the Hugging Face hub, of which the Python package that `VocabularyStore`
/// fetches from holds copies.
extension VocabularyFile {
  /// Gemma 2's SentencePiece model.
  public static let gemma2 = VocabularyFile(
    name: "gemma2", sha256: "61a7b147390c64585d6c3543dd6fc636906c9af3865a5548f27f31aee1d4c8e2",
    byteCount: 4_241_003,
    license: License(name: "Gemma Terms of Use", address: "https://ai.google.dev/gemma/terms"),
    cachedName: "gemma-2.model", hubName: "tokenizer.model", repositoryMarks: ["/gemma-2-"],
    packageMember: "maxtext/assets/tokenizers/tokenizer.gemma")

  /// Llama 3's tiktoken file.
  public static let llama3 = VocabularyFile(
    name: "llama3", sha256: "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
    byteCount: 2_183_982,
    license: License(name: "Llama 3.3 Community License", address: "https://www.llama.com/llama3_3/license/"),
    cachedName: "llama-3.tiktoken", hubName: "original/tokenizer.model",
    repositoryMarks: ["/llama-3.", "/meta-llama-3"],
    packageMember: "maxtext/assets/tokenizers/tokenizer_llama3.tiktoken")

  /// Qwen 3's `tokenizer.json`.
  public static let qwen3 = VocabularyFile(
    name: "qwen3", sha256: "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4",
    byteCount: 11_422_654,
    license: License(name: "Apache-2.0", address: "https://www.apache.org/licenses/LICENSE-2.0"),
    cachedName: "qwen-3.json", hubName: "tokenizer.json", repositoryMarks: ["/qwen3-", "/qwen2.5-"],
    packageMember: "maxtext/assets/tokenizers/qwen3-tokenizer/tokenizer.json")
}
