import ChatTemplates
public import Support

/// Why a model, or a file of it, cannot be used or could not be fetched.
public enum ModelHubError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No model of this name is known.
  case unknownModel(String)
  /// No chat template of this name is built in.
  case unknownTemplate(String)
  /// Text that is not of the form `model=template`.
  case malformedOverride(String)
  /// The chat template of a model has no native format.
  case noFormat(hubID: String, templateSHA256: String)
  /// What a model's files say cannot be used; the reason reads after the path or name.
  case model(String, String)
  /// The tokenizer of a model is not there or cannot be loaded.
  case tokenizer(model: String, reason: String)
  /// A file or folder operation failed.
  case file(FileError)
  /// No file of a tokenizer was found in these folders.
  case missing(TokenizerKind, searched: [String])
  /// No pip could be run; the commands that were tried.
  case noPip(tried: [String])
  /// A program could not be started, with the system's reason.
  case notStarted(program: String, reason: String)
  /// pip failed: its command, how it ended, the last lines that it printed.
  case downloadFailed(command: String, ending: String, output: String)
  /// pip ended well but left no package.
  case packageMissing(package: String, folder: String)
  /// An archive or a member of it cannot be read; the reason reads after the name of the archive.
  case archive(path: String, reason: String)
  /// A file of the package is not the expected one.
  case wrongDigest(name: String, expected: String, actual: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unknownModel(let name):
      "unknown model \"\(name)\"; known models are \(ModelRegistry.names.joined(separator: ", "))"
    case .unknownTemplate(let name):
      "unknown template \"\(name)\"; known templates are \(ChatTemplate.native.map(\.name).joined(separator: ", "))"
    case .malformedOverride(let text):
      "\"\(text)\" does not name a template for a model; write MODEL=TEMPLATE, such as qwen-3-32b=qwen2.5"
    case .noFormat(let hubID, let digest):
      "the chat template of \(hubID) (SHA-256 \(digest)) is none of those that are built in"
    case .model(let place, let reason):
      "\(place): \(reason)"
    case .tokenizer(let model, let reason):
      "the tokenizer of \(model) cannot be used: \(reason)"
    case .file(let error):
      error.description
    case .missing(let tokenizer, let searched):
      """
      the \(tokenizer.name) vocabulary is not in \(searched.joined(separator: " or ")): get it with \
      `tokenstats tokenizers fetch`, or name the file with --tokenizer
      """
    case .noPip(let tried):
      """
      no pip to download the vocabulary files with (tried \(tried.joined(separator: ", "))): install it \
      (Debian, Ubuntu: apt-get install python3-pip)
      """
    case .notStarted(let program, let reason):
      "cannot start \(program): \(reason)"
    case .downloadFailed(let command, let ending, let output):
      """
      `\(command)` \(ending): \(output.isEmpty ? "it printed nothing" : output)
      Check the network connection and pip's package index, then try again; or name the files with --tokenizer.
      """
    case .packageMissing(let package, let folder):
      "pip reported success but left no \(package) package in \(folder): try again with a current pip"
    case .archive(let path, let reason):
      "\(Files.lastComponent(path)) cannot be read: \(reason)"
    case .wrongDigest(let name, let expected, let actual):
      "\(name) is not the official file: its SHA-256 is \(actual), expected \(expected); nothing was stored"
    }
  }
}

extension ModelHubError {
  /// Runs file operations and passes their errors on as `.file`.
  static func wrapping<Result>(_ body: () throws(FileError) -> Result) throws(ModelHubError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
