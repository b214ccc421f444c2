import Support

/// Keeps the tables made from vocabulary files, so that they are made once for each file.
///
/// The files are named after the digest of the vocabulary and the version of the format. One is used only where nobody
/// but the user can have written it, and is checked in full, which need not be done again while it stays as it is. One
/// that is missing, damaged or of another version is made again and replaced in one step.
public struct CompiledTables: Sendable {
  /// The folder of the files.
  public let directory: String

  /// Keeps tables in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// The name of the file of a vocabulary's tables.
  func name(of family: VocabularyFamily, digest: SHA256Digest) throws(FileError) -> FileName {
    try FileName("\(family.rawValue)-\(digest.hex.prefix(32))-\(TableImage.version)", suffix: ".tables")
  }

  /// The verified tables of a vocabulary; nil where there are none.
  func load(_ family: VocabularyFamily, digest: SHA256Digest) -> TableImage? {
    guard let name = try? name(of: family, digest: digest), let file = PrivateFolder(directory).open(name),
      let memory = TableMemory(file)
    else { return nil }
    let image = TableImage(owning: memory)
    guard image.isComplete(family: family, digest: digest) else { return nil }
    let known = KnownFiles(directory: Files.join(directory, "known"))
    let checksum = String(image.header.checksum, radix: 16)
    if known.fact(about: file.stamp) == checksum { return image }
    guard image.hasRightChecksum, image.isConsistent else { return nil }
    known.remember(checksum, about: file.path, since: file.stamp)
    return image
  }

  /// Stores the tables of a vocabulary.
  func store(_ image: TableImage, family: VocabularyFamily, digest: SHA256Digest) throws(FileError) {
    try PrivateFolder(directory).write(
      RawSpan(_unsafeBytes: image.bytes), as: name(of: family, digest: digest))
  }
}
