import Support

/// Keeps the tables made from definitions, so that they are made once for each.
///
/// The files are named after the digest of the definition and the version of the format, beside them small files that
/// name the definition of a vocabulary file. Tables are mapped read-only and verified
/// whole, which need not be done again while a file stays as it is. One that is missing, damaged or of another version
/// is made again and replaced in one step.
public struct CompiledTables: Sendable {
  /// The folder of the files.
  public let directory: String

  /// Keeps tables in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// The file of the tables of a definition.
  func path(of definition: String) -> String {
    Files.join(directory, "\(definition.prefix(32))-\(TableImage.version).tables")
  }

  /// The file that names the definition that a converter makes of a vocabulary file.
  private func path(ofSource source: SHA256Digest, _ converter: VocabularyConverter) -> String {
    let key = SHA256Digest.of((source.bytes + converter.digest.bytes).span.bytes)
    return Files.join(directory, "\(key.hex.prefix(32))-\(TableImage.version).definition")
  }

  /// The verified tables of the definition that a converter makes of a vocabulary file; nil where there are none.
  func load(source: SHA256Digest, converter: VocabularyConverter) -> TableImage? {
    guard let name = try? Files.readText(path(ofSource: source, converter)),
      let definition = SHA256Digest(hex: String(name.prefix(64)))
    else { return nil }
    return load(definition)
  }

  /// The verified tables of a definition; nil where there are none.
  private func load(_ definition: SHA256Digest) -> TableImage? {
    let path = path(of: definition.hex)
    let stamp = FileStamp(path)
    guard let memory = MappedMemory.map(path) else { return nil }
    let image = TableImage(owning: memory, isMapped: true)
    guard image.isComplete(digest: definition) else { return nil }
    let known = KnownFiles(directory: Files.join(directory, "known"))
    let checksum = String(image.header.checksum, radix: 16)
    if let stamp, known.fact(about: stamp) == checksum { return image }
    guard image.hasRightChecksum else { return nil }
    if let stamp { known.remember(checksum, about: path, since: stamp) }
    return image
  }

  /// Stores the tables of the definition that a converter makes of a vocabulary file.
  func store(_ image: TableImage, source: SHA256Digest, converter: VocabularyConverter) throws(FileError) {
    try Files.makeDirectories(directory)
    try AtomicFile.write(RawSpan(_unsafeBytes: image.bytes), to: path(of: image.definition))
    try AtomicFile.write(Array("\(image.definition)\n".utf8).span.bytes, to: path(ofSource: source, converter))
  }
}
