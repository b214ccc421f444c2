import Support

/// What a user names a model by.
public enum ModelReference: Sendable, Hashable, CustomStringConvertible {
  /// A short name, such as `qwen-3-32b`.
  case name(String)
  /// A repository on the Hugging Face hub, such as `Qwen/Qwen3-32B`.
  case hub(id: String)
  /// A folder of a model's files.
  case folder(String)
  /// One file of a model.
  case file(String)

  /// Reads a reference.
  ///
  /// Text that begins with `/`, `./`, `../` or `~/`, or has more than one `/`, is a path; text with one `/` is the name of
  /// a repository; any other is a short name.
  public init(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isPath = ["", ".", "..", "~"].contains(parts.first ?? "") && parts.count > 1
    if isPath || parts.count > 2 || parts.last?.isEmpty == true && parts.count == 2 {
      self = .path(text)
    } else if parts.count == 2 {
      self = .hub(id: text)
    } else {
      self = .name(text)
    }
  }

  /// The reference to a folder or file; what is not there counts as a file.
  public static func path(_ path: String) -> ModelReference {
    Files.status(path)?.isDirectory == true ? .folder(path) : .file(path)
  }

  /// The reference as it was written.
  public var description: String {
    switch self {
    case .name(let text), .hub(id: let text), .folder(let text), .file(let text): text
    }
  }

  /// Whether a model is meant; a folder or file by itself names none.
  func isReference(to model: Model) -> Bool {
    switch self {
    case .name(let name): model.name == name
    case .hub(let id): model.hubID == id
    case .folder, .file: false
    }
  }

  /// The path of a model's vocabulary: the file, or what has the vocabulary's name in the folder.
  ///
  /// Only references to folders and files have one.
  func path(of file: VocabularyFile) -> String? {
    switch self {
    case .name, .hub: nil
    case .file(let path): path
    case .folder(let path): Files.join(path, file.hubName)
    }
  }
}

/// A setting for one model, as the command line spells it: `MODEL=VALUE`.
public struct ModelSetting: Sendable, Hashable {
  /// The model.
  public let model: ModelReference
  /// What it is to have.
  public let value: String

  /// Reads a setting; nil where the text has not both parts.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    model = ModelReference(parts[0])
    value = parts[1]
  }
}
