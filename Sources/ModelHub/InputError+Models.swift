import ChatTemplates
public import Support

extension InputError {
  /// No model of this name is known.
  public static func unknownModel(_ name: String) -> InputError {
    let close = CloseNames.question(CloseNames.of(name, in: ModelRegistry.names))
    let known = "known models are \(ModelRegistry.names.joined(separator: ", "))"
    return .model("unknown model \"\(name)\"; \(known)\(close)")
  }

  /// No chat template of this name is built in.
  static func unknownTemplate(_ name: String) -> InputError {
    let known = ChatTemplate.native.map(\.name)
    let close = CloseNames.question(CloseNames.of(name, in: known))
    return InputError(
      .template, dataset: "",
      "unknown template \"\(name)\"; known templates are \(known.joined(separator: ", "))\(close)")
  }

  /// Text that is not of the form `model=template`.
  static func malformedOverride(_ text: String) -> InputError {
    InputError(
      .template, dataset: "",
      "\"\(text)\" does not name a template for a model; write MODEL=TEMPLATE, such as qwen-3-32b=qwen2.5")
  }

  /// The chat template of a model has no native format.
  static func noFormat(hubID: String, templateSHA256 digest: String) -> InputError {
    .model("the chat template of \(hubID) (SHA-256 \(digest)) is none of those that are built in")
  }

  /// What a model's files say cannot be used; the reason reads after the path or name.
  public static func model(_ place: String, _ reason: String) -> InputError { .model("\(place): \(reason)") }

  /// The tokenizer of a model is not there or cannot be loaded.
  public static func tokenizer(model: String, reason: String) -> InputError {
    .model("the tokenizer of \(model) cannot be used: \(reason)")
  }

  /// No file of a tokenizer was found in these folders.
  static func missing(_ tokenizer: TokenizerKind, searched: [String]) -> InputError {
    .model(
      """
      the \(tokenizer.name) vocabulary is not \(place(searched)): get it with \
      `tokenstats tokenizers fetch`, or name the file with --tokenizer
      """)
  }

  private static func place(_ searched: [String]) -> String {
    searched.isEmpty
      ? "in a cache, for which HOME or XDG_CACHE_HOME must be set" : "in \(searched.joined(separator: " or "))"
  }

  /// No pip could be run; the commands that were tried.
  static func noPip(tried: [String]) -> InputError {
    .model(
      """
      no pip to download the vocabulary files with (tried \(tried.joined(separator: ", "))): install it \
      (Debian, Ubuntu: apt-get install python3-pip)
      """)
  }

  /// A program could not be started, with the system's reason.
  static func notStarted(program: String, reason: String) -> InputError {
    .model("cannot start \(program): \(reason)")
  }

  /// pip failed: its command, how it ended, the last lines that it printed.
  static func downloadFailed(command: String, ending: String, output: String) -> InputError {
    .model(
      """
      `\(command)` \(ending): \(output.isEmpty ? "it printed nothing" : output); \
      check the network connection and pip's package index, then try again; or name the files with --tokenizer.
      """)
  }

  /// pip ended well but left no package.
  static func packageMissing(package: String, folder: String) -> InputError {
    .model("pip reported success but left no \(package) package in \(folder): try again with a current pip")
  }

  /// An archive or a member of it cannot be read; the reason reads after the name of the archive.
  static func archive(path: String, reason: String) -> InputError {
    .model("\(Files.lastComponent(path)) cannot be read: \(reason)")
  }

  /// A file of the package is not the expected one.
  static func wrongDigest(name: String, expected: String, actual: String) -> InputError {
    .model("\(name) is not the official file: its SHA-256 is \(actual), expected \(expected); nothing was stored")
  }

  private static func model(_ message: String) -> InputError { InputError(.model, dataset: "", message) }

  /// Runs file operations of a model's files.
  static func wrapping<Result>(_ body: () throws(FileError) -> Result) throws(InputError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .model(error.description)
    }
  }
}
