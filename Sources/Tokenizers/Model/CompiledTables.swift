import Support

/// Keeps the tables made from vocabulary files, so that they are made once for each file.
///
/// The files are named after the digest of the vocabulary and the version of the format, mapped read-only and verified
/// whole, which need not be done again while a file stays as it is. One that is missing, damaged or of another version
/// is made again and replaced in one step.
public struct CompiledTables: Sendable {
  /// The folder of the files.
  public let directory: String

  /// Keeps tables in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// The file of a vocabulary's tables.
  func path(of family: VocabularyFamily, digest: SHA256Digest) -> String {
    Files.join(directory, "\(family.rawValue)-\(digest.hex.prefix(32))-\(TableImage.version).tables")
  }

  /// The verified tables of a vocabulary; nil where there are none.
  func load(_ family: VocabularyFamily, digest: SHA256Digest) -> TableImage? {
    let path = path(of: family, digest: digest)
    let stamp = FileStamp(path)
    guard let memory = MappedMemory.map(path) else { return nil }
    let image = TableImage(owning: memory, isMapped: true)
    guard image.isComplete(family: family, digest: digest) else { return nil }
    let known = KnownFiles(directory: Files.join(directory, "known"))
    let checksum = String(image.header.checksum, radix: 16)
    if let stamp, known.fact(about: stamp) == checksum { return image }
    guard image.hasRightChecksum else { return nil }
    if let stamp { known.remember(checksum, about: path, since: stamp) }
    return image
  }

  /// Stores the tables of a vocabulary.
  func store(_ image: TableImage, family: VocabularyFamily, digest: SHA256Digest) throws(FileError) {
    try Files.makeDirectories(directory)
    try AtomicFile.write(RawSpan(_unsafeBytes: image.bytes), to: path(of: family, digest: digest))
  }
}
