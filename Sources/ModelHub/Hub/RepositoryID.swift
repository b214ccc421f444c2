public import Support

/// A repository on the Hugging Face hub, by a name that was checked.
///
/// Names from users and from the hub become paths and addresses through this type only.
///
///     let repository = try RepositoryID("Qwen/Qwen3-8B", kind: .model)
///     repository.folderName  // models--Qwen--Qwen3-8B
public struct RepositoryID: Sendable, Hashable, CustomStringConvertible {
  /// What a repository holds.
  public enum Kind: String, Sendable, Hashable {
    /// A model, with its tokenizer and its chat template.
    case model
    /// A dataset.
    case dataset

    /// The word in folders of the cache and in addresses, such as `models`.
    var plural: String { rawValue + "s" }
  }

  /// What the repository holds.
  public let kind: Kind
  /// The owner and the name with a slash between them; old repositories have no owner.
  public let name: String

  /// The most bytes that the hub takes.
  private static let maximumBytes = 96

  /// Checks a name as the hub does.
  ///
  /// - Parameters:
  ///   - name: `OWNER/NAME`, or `NAME` alone.
  ///   - kind: what the repository holds.
  /// - Throws: `InputError` that says why no repository can have this name.
  public init(_ name: String, kind: Kind) throws(InputError) {
    if let reason = Self.fault(of: name) {
      throw .hub(HubFailure(.badName, "\"\(name)\" is no name of a \(kind.rawValue) on the hub: \(reason)"))
    }
    self.name = name
    self.kind = kind
  }

  /// The repository of a folder in the cache; nil where the folder has another name.
  init?(folderName: String) {
    for kind in [Kind.model, .dataset] where folderName.hasPrefix(kind.plural + "--") {
      let parts = folderName.dropFirst(kind.plural.count + 2).split(atBytesOf: "--")
      let name = parts.joined(separator: "/")
      guard Self.fault(of: name) == nil else { return nil }
      self.kind = kind
      self.name = name
      return
    }
    return nil
  }

  /// Why no repository has a name; nil where one can.
  private static func fault(of name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return "it has more than one slash" }
    guard name.utf8.count <= maximumBytes else { return "it has more than \(maximumBytes) bytes" }
    for part in parts {
      guard let first = part.utf8.first, let last = part.utf8.last else { return "a part of it is empty" }
      let edges = [first, last]
      guard part.utf8.allSatisfy(isAllowed), !edges.contains(UInt8(ascii: "-")), !edges.contains(UInt8(ascii: "."))
      else { return "its parts may hold letters, digits, '_', '-' and '.', the last two not at the ends" }
    }
    if name.utf8.count != name.unicodeScalars.count { return "it holds characters beyond ASCII" }
    if name.contains(bytesOf: "--") || name.contains(bytesOf: "..") { return "it holds -- or .." }
    return name.hasSuffix(".git") ? "it ends with .git" : nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The name.
  public var description: String { name }

  /// The repository's folder in the cache, such as `models--Qwen--Qwen3-8B`.
  public var folderName: String { "\(kind.plural)--\(dashedName)" }

  /// The name as one word, such as `Qwen--Qwen3-8B`.
  public var dashedName: String { name.split(separator: "/").joined(separator: "--") }

  /// The path of the repository's page on the hub.
  var pagePath: String { kind == .model ? name : "\(kind.plural)/\(name)" }

  /// What the repository is called in messages, such as "the model Qwen/Qwen3-8B".
  var summary: String { "the \(kind.rawValue) \(name)" }
}

/// A branch, a tag or a commit of a repository, by a name that was checked.
public struct HubRevision: Sendable, Hashable, CustomStringConvertible {
  /// The name, such as `main`.
  public let description: String

  /// The branch that is meant where none is named.
  public static let main = HubRevision(trusted: "main")

  /// Checks a name.
  ///
  /// - Throws: `InputError` that says why no revision can have this name.
  public init(_ name: String) throws(InputError) {
    do throws(FileError) { _ = try RepositoryPath.components(of: name) } catch {
      throw .hub(HubFailure(.badName, "\"\(name)\" is no revision: \(error.reason)"))
    }
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw .hub(HubFailure(.badName, "\"\(name)\" is no revision: it holds blanks or control characters"))
    }
    description = name
  }

  private init(trusted name: String) { description = name }

  /// Whether this is the full name of a commit: 40 hexadecimal digits.
  var isCommit: Bool { Hexadecimal.isDigits(description, count: 40) }
}

/// A repository and which state of it is meant.
public struct HubReference: Sendable, Hashable, CustomStringConvertible {
  /// The repository.
  public let repository: RepositoryID
  /// The revision that was named; nil where none was, which means `main`.
  public let revision: HubRevision?

  /// Makes a reference.
  public init(repository: RepositoryID, revision: HubRevision? = nil) {
    self.repository = repository
    self.revision = revision
  }

  /// Reads `OWNER/NAME` or `OWNER/NAME@REVISION`.
  ///
  /// - Throws: `InputError` where a part cannot be a name.
  public init(_ text: String, kind: RepositoryID.Kind) throws(InputError) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    repository = try RepositoryID(parts.first ?? "", kind: kind)
    revision = parts.count == 2 ? try HubRevision(parts[1]) : nil
  }

  /// The reference as it is written.
  public var description: String { revision.map { "\(repository)@\($0)" } ?? repository.name }
}

/// The path of a file in a repository, which leads to no other place.
public struct RepositoryPath: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The path, with slashes.
  public let description: String
  /// The folders and the file.
  let components: [FileName]

  /// The most bytes that a path may have.
  private static let maximumBytes = 1_024

  /// Checks a path that the hub or a card names.
  ///
  /// - Throws: `FileError` that says why no file of a repository can have it: a part is empty, `.` or `..`.
  init(_ path: String) throws(FileError) {
    components = try Self.components(of: path)
    description = path
  }

  /// The parts of a relative path.
  static func components(of path: String) throws(FileError) -> [FileName] {
    guard path.utf8.count <= maximumBytes else {
      throw FileError("use", "the path", reason: "it has more than \(maximumBytes) bytes")
    }
    var components: [FileName] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      components.append(try FileName(String(part)))
    }
    return components
  }

  /// The last part.
  var name: String { components.last?.description ?? "" }

  /// Whether the file is in no folder of the repository.
  var isAtTop: Bool { components.count == 1 }

  /// The path of the file below a folder.
  func path(in folder: String) -> String { Files.join(folder, description) }

  /// Whether a path comes first by its bytes.
  public static func < (left: RepositoryPath, right: RepositoryPath) -> Bool {
    left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}

/// Text of hexadecimal digits.
enum Hexadecimal {
  /// Whether a text has this many lower-case hexadecimal digits and nothing else.
  static func isDigits(_ text: String, count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
