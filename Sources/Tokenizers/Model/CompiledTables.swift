public import Support

/// Stores the tables of definitions, so that they are compiled only once.
///
/// The files are named after the digest of the definition and the version of the format; small files beside them name
/// the definition of each vocabulary file. A file is used only if nobody but the user can have written it. Its tables
/// are checked in full once, and again only after the file has changed. Tables that are missing, damaged or of another
/// version are made again and replaced in one step.
public struct CompiledTables: Sendable {
  /// The folder of the files.
  public let directory: String

  /// The bytes that the stored tables may take together; the oldest are removed first.
  static let maximumBytes = 1 << 30

  /// Stores tables in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// The name of the file of a definition's tables.
  ///
  /// - Parameter definition: The digest of the definition as 64 hexadecimal digits.
  static func name(of definition: String) throws(FileError) -> FileName {
    try FileName("\(definition.prefix(32))-\(TableImage.version)", suffix: ".tables")
  }

  /// The name of the file that says which definition a converter makes of a vocabulary file.
  private static func name(ofSource source: SHA256Digest, _ converter: VocabularyConverter) throws(FileError)
    -> FileName
  {
    let key = SHA256Digest.of((source.bytes + converter.digest.bytes).span.bytes)
    return try FileName("\(key.hex.prefix(32))-\(TableImage.version)", suffix: ".definition")
  }

  /// The definition in a tokenizer.json file that was stored; nil if there is none.
  func loadDefinition(source: SHA256Digest) -> TokenizerDefinition? {
    guard let name = try? Self.name(ofArchive: source), let file = PrivateFolder(directory).open(name),
      let bytes = file.read()
    else { return nil }
    return DefinitionArchive.definition(in: bytes)
  }

  /// Stores the definition in a tokenizer.json file that has no compiled tables.
  func store(_ archive: [UInt8], source: SHA256Digest) throws(FileError) {
    let name = try Self.name(ofArchive: source)
    try PrivateFolder(directory).write(archive.span.bytes, as: name)
    try trim(to: Self.maximumBytes, keeping: name.description)
  }

  private static func name(ofArchive source: SHA256Digest) throws(FileError) -> FileName {
    try FileName(String(source.hex.prefix(32)), suffix: ".parsed")
  }

  /// The verified tables of the definition that a converter makes of a vocabulary file; nil if there are none.
  func load(source: SHA256Digest, converter: VocabularyConverter) -> TableImage? {
    guard let name = try? Self.name(ofSource: source, converter), let file = PrivateFolder(directory).open(name),
      let bytes = file.read(), let definition = SHA256Digest(hex: String(decoding: bytes.prefix(64), as: UTF8.self))
    else { return nil }
    return load(definition)
  }

  /// The verified tables of a definition; nil if there are none.
  func load(_ definition: SHA256Digest) -> TableImage? {
    guard let name = try? Self.name(of: definition.hex), let file = PrivateFolder(directory).open(name),
      let memory = TableMemory(file)
    else { return nil }
    let image = TableImage(owning: memory)
    guard image.isComplete(digest: definition) else { return nil }
    let known = KnownFiles(directory: Files.join(directory, "known"))
    let checksum = String(image.header.checksum, radix: 16)
    if known.fact(about: file.stamp) == checksum { return image }
    guard image.hasRightChecksum, image.isConsistent else { return nil }
    known.remember(checksum, about: file.path, since: file.stamp)
    return image
  }

  /// Stores the tables of the definition that a converter makes of a vocabulary file.
  func store(_ image: TableImage, source: SHA256Digest, converter: VocabularyConverter) throws(FileError) {
    let folder = PrivateFolder(directory)
    try folder.write(RawSpan(_unsafeBytes: image.bytes), as: Self.name(of: image.definition))
    try folder.write(
      Array("\(image.definition)\n".utf8).span.bytes, as: Self.name(ofSource: source, converter), isDurable: false)
    try trim(to: Self.maximumBytes, keeping: Self.name(of: image.definition).description)
  }

  /// The files that hold tables, with their sizes and times.
  private var files: [(path: String, name: String, status: Files.Status)] {
    let names = (try? Files.list(directory)) ?? []
    return names.compactMap { name in
      let path = Files.join(directory, name)
      guard let status = Files.status(path), status.isRegular else { return nil }
      return (path, name, status)
    }
  }

  /// The bytes that the stored tables take.
  public var storedBytes: Int { files.reduce(0) { $0 + $1.status.size } }

  /// Removes all stored tables; they are made again when they are needed.
  ///
  /// - Throws: `FileError` if a file cannot be removed.
  public func removeAll() throws(FileError) { try Files.remove(directory) }

  /// Removes the oldest tables until the others take no more than some bytes.
  ///
  /// - Parameter kept: The file that stays whatever it takes.
  func trim(to limit: Int, keeping kept: String) throws(FileError) {
    var total = storedBytes
    guard total > limit else { return }
    for file in files.sorted(by: { $0.status.modified < $1.status.modified }) where file.name != kept && total > limit {
      try Files.remove(file.path)
      total -= file.status.size
    }
  }
}
