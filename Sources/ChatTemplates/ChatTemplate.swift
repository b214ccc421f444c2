/// A chat format, natively: what the model's official Jinja template renders, byte for byte.
///
/// ```swift
/// var chat = RenderedChat()
/// try ChatTemplate.qwen3.render(messages, of: text, into: &chat)
/// ```
public enum ChatTemplate: String, Sendable, Hashable, CaseIterable {
  /// google/gemma-2-27b-it
  case gemma2 = "gemma-2"
  /// meta-llama/Llama-3.3-70B-Instruct
  case llama33 = "llama-3.3"
  /// Qwen/Qwen3-32B
  case qwen3 = "qwen-3"
  /// Qwen/Qwen2.5-7B-Instruct
  case qwen25 = "qwen2.5"

  /// SHA-256, in hexadecimal, of the official template's text that this format reproduces.
  public var sha256: String {
    switch self {
    case .gemma2: "ecd6ae513fe103f0eb62e8ab5bfa8d0fe45c1074fa398b089c93a7e70c15cfd6"
    case .llama33: "e10ca381b1ccc5cf9db52e371f3b6651576caee0a630b452e2816b2d404d4b65"
    case .qwen3: "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8"
    case .qwen25: "cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f"
    }
  }

  /// The model on the hub whose template this is.
  public var hubID: String {
    switch self {
    case .gemma2: "google/gemma-2-27b-it"
    case .llama33: "meta-llama/Llama-3.3-70B-Instruct"
    case .qwen3: "Qwen/Qwen3-32B"
    case .qwen25: "Qwen/Qwen2.5-7B-Instruct"
    }
  }

  /// Where the beginning-of-sequence token comes from.
  public var bosPolicy: BOSPolicy {
    switch self {
    case .gemma2, .llama33: .template
    case .qwen3, .qwen25: .none
    }
  }

  /// The arguments of the template that can be set, by name.
  public var knownArguments: [String] {
    switch self {
    case .gemma2, .qwen25: []
    case .llama33: ["date_string"]
    case .qwen3: ["enable_thinking"]
    }
  }
}
