import JSON
import Support

/// A file of a repository as the hub lists it.
struct HubFile: Sendable, Hashable {
  /// Where it is in the repository.
  let path: RepositoryPath
  /// The size in bytes.
  let size: Int
  /// What its bytes are known by.
  let digest: Digest

  /// The digest that the hub keeps of a file; it is also the file's name among the cache's blobs.
  enum Digest: Sendable, Hashable {
    /// SHA-1 of size and bytes, as Git computes it: 40 hexadecimal digits.
    case git(String)
    /// SHA-256, of large files: 64 hexadecimal digits.
    case sha256(String)

    /// Tells the two by their length; nil for anything else.
    init?(_ hex: String) {
      if Hexadecimal.isDigits(hex, count: 40) {
        self = .git(hex)
      } else if Hexadecimal.isDigits(hex, count: 64) {
        self = .sha256(hex)
      } else {
        return nil
      }
    }

    /// The hexadecimal digits.
    var hex: String {
      switch self {
      case .git(let hex), .sha256(let hex): hex
      }
    }

    /// What the digest is called in messages.
    var name: String {
      switch self {
      case .git: "SHA-1"
      case .sha256: "SHA-256"
      }
    }
  }
}

/// The files of a repository at one commit.
struct HubListing: Sendable {
  /// The commit, 40 hexadecimal digits.
  let commit: String
  /// All files, sorted by path.
  let files: [HubFile]

  private static let maximumFiles = 100_000
  private static let maximumPages = 2_000
  private static let maximumAnswer = 64 << 20

  /// Asks the hub for the commit that a revision means, and for its files, page by page.
  ///
  /// - Throws: `InputError` where the hub does not answer, does not have the repository, or lists what
  ///   cannot be a file.
  init(of reference: HubReference, from transport: HubTransport) throws(InputError) {
    let repository = reference.repository
    let names = repository.name.split(separator: "/").map(String.init)
    let api = transport.endpoint.appending(["api", repository.kind.plural] + names)
    let revision = reference.revision ?? .main
    let about = try transport.document(
      api.appending(["revision", revision.description]), limit: Self.maximumAnswer, about: reference)
    commit = try Self.commit(in: about.bytes, reference)
    var page: HTTPAddress? = api.appending(["tree", commit]).asking("recursive=true")
    var files: [RepositoryPath: HubFile] = [:]
    var pages = 0
    while let address = page {
      let (answer, bytes) = try transport.document(address, limit: Self.maximumAnswer, about: reference)
      for file in try Self.files(in: bytes, reference) { files[file.path] = file }
      pages += 1
      guard files.count <= Self.maximumFiles, pages <= Self.maximumPages else {
        throw Self.odd(reference, "more than \(Self.maximumFiles) files or \(Self.maximumPages) pages of them")
      }
      page = try answer.header.nextPage.map { (link) throws(InputError) in
        guard let next = address.resolving(link), next.origin == transport.endpoint.origin else {
          throw Self.odd(reference, "its next page at \(link)")
        }
        return next
      }
    }
    self.files = files.values.sorted { $0.path < $1.path }
  }

  private static func odd(_ reference: HubReference, _ what: String) -> InputError {
    .hub(HubFailure(.damaged, "the hub lists \(what) for \(reference.repository.summary); nothing was fetched"))
  }

  private static func document(_ bytes: [UInt8], _ reference: HubReference) throws(InputError) -> JSONValue {
    do { return try JSONValue.parse(bytes) } catch {
      throw odd(reference, "what is no JSON (\(error))")
    }
  }

  private static func commit(in bytes: [UInt8], _ reference: HubReference) throws(InputError) -> String {
    guard let commit = try document(bytes, reference)["sha"]?.stringValue, Hexadecimal.isDigits(commit, count: 40)
    else { throw odd(reference, "no commit") }
    return commit
  }

  private static func files(in bytes: [UInt8], _ reference: HubReference) throws(InputError) -> [HubFile] {
    guard let entries = try document(bytes, reference).arrayValue else { throw odd(reference, "no list of files") }
    var files: [HubFile] = []
    for entry in entries where entry["type"]?.stringValue == "file" {
      guard let name = entry["path"]?.stringValue else { throw odd(reference, "a file without a path") }
      files.append(
        try file(name, entry["lfs"]?["oid"] ?? entry["oid"], entry["lfs"]?["size"] ?? entry["size"], reference))
    }
    return files
  }

  /// Checks what is said of one file.
  fileprivate static func file(
    _ name: String, _ digest: JSONValue?, _ size: JSONValue?, _ reference: HubReference
  ) throws(InputError) -> HubFile {
    let path: RepositoryPath
    do throws(FileError) { path = try RepositoryPath(name) } catch {
      throw odd(reference, "a file \"\(name)\", which is no path in a repository: \(error.reason)")
    }
    guard let size = size?.integerValue, size >= 0 else { throw odd(reference, "no size of \(name)") }
    guard let digest = digest?.stringValue.flatMap(HubFile.Digest.init) else {
      throw odd(reference, "no digest of \(name)")
    }
    return HubFile(path: path, size: size, digest: digest)
  }
}

/// Listings that were kept in the cache: the files of a commit never change.
extension HubListing {
  /// Where this program keeps a listing below a repository's folder, and where `huggingface_hub` from version 2 does.
  ///
  /// The latter is not written to: what it lists must be complete for `snapshot_download`.
  private static let folders = [".tokenstats", "trees"]

  /// Reads a listing that was kept; nil where there is none that can be used.
  init?(of reference: HubReference, commit: String, keptIn folder: String) {
    for name in Self.folders {
      let path = Files.join(folder, "\(name)/\(commit).json")
      guard let bytes = try? Files.read(path), let document = try? JSONValue.parse(bytes),
        document["format_version"]?.integerValue == 1, let members = document["files"]?.objectValue?.members
      else { continue }
      let files = members.compactMap { member in
        try? Self.file(
          member.key, member.value["lfs_sha256"] ?? member.value["blob_id"],
          member.value["lfs_size"] ?? member.value["size"], reference)
      }
      guard files.count == members.count else { continue }
      self.commit = commit
      self.files = files.sorted { $0.path < $1.path }
      return
    }
    return nil
  }

  /// Keeps the listing below a repository's folder.
  func keep(in folder: String) throws(FileError) {
    let members = files.map { file -> (String, JSONValue) in
      var facts = [("size", JSONValue.number(file.size)), ("blob_id", .string(file.digest.hex))]
      if case .sha256(let hex) = file.digest {
        facts += [("lfs_sha256", .string(hex)), ("lfs_size", .number(file.size))]
      }
      return (file.path.description, .object(JSONObject(facts)))
    }
    let document = JSONObject([("format_version", .number(1)), ("files", .object(JSONObject(members)))])
    let kept = Files.join(folder, Self.folders[0])
    try Files.makeDirectories(kept)
    try AtomicFile.write(JSONValue.object(document).serialized(), to: Files.join(kept, "\(commit).json"))
  }
}
