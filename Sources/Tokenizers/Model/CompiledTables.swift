import FileStore

/// Keeps the tables made from vocabulary files, so that they are made once for each file.
///
/// The files are named after the digest of the vocabulary and the version of the format, mapped read-only and verified
/// whole. One that is missing, damaged or of another version is made again and replaced in one step.
public struct CompiledTables: Sendable {
  /// The folder of the files.
  public let directory: String

  /// Keeps tables in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// The tables beside the program's own vocabulary files.
  public static var userCache: CompiledTables {
    CompiledTables(directory: Files.join(VocabularyStore().cacheDirectory, "tables"))
  }

  /// The file of a vocabulary's tables.
  func path(of family: VocabularyFamily, digest: SHA256Digest) -> String {
    Files.join(directory, "\(family.rawValue)-\(digest.hex.prefix(32))-\(TableImage.version).tables")
  }

  /// The verified tables of a vocabulary; nil where there are none.
  func load(_ family: VocabularyFamily, digest: SHA256Digest) -> TableImage? {
    guard let memory = MappedMemory.map(path(of: family, digest: digest)) else { return nil }
    let image = TableImage(owning: memory, isMapped: true)
    return image.isIntact(family: family, digest: digest) ? image : nil
  }

  /// Stores the tables of a vocabulary.
  func store(_ image: TableImage, family: VocabularyFamily, digest: SHA256Digest) throws(FileError) {
    try Files.makeDirectories(directory)
    try AtomicFile.write(RawSpan(_unsafeBytes: image.bytes), to: path(of: family, digest: digest))
  }
}
