import Datasets
import JSON
public import Support
public import TokenStatistics

/// A folder of raw persona records: `{model}/roles_240` and `{model}/traits_240` with `responses/{name}.jsonl` and
/// `extract_scores/{name}.json`.
public struct PersonaArchive: Sendable {
  /// The folder.
  public let path: String

  /// Opens an archive.
  ///
  /// - Throws: `InputError` if the folder is missing.
  public init(path: String) throws(InputError) {
    guard Files.isDirectory(path) else {
      throw InputError(.missing, dataset: path, "there is no such folder of raw persona records")
    }
    self.path = path
  }

  /// The models that have records of a type, or of either type by default, in byte order.
  public func models(_ type: DatasetKind? = nil) throws(InputError) -> [String] {
    let types = type.map { [$0] } ?? [.role, .trait]
    return try list(path).filter { model in types.contains { Files.isDirectory(folder(model, $0)) } }
  }

  /// The personas of a type that a model has records of, in byte order of their names.
  ///
  /// - Throws: `InputError` if there are none; it names the models that have some.
  public func personas(model: String, type: DatasetKind) throws(InputError) -> [RawPersona] {
    let found = try personasIfAny(model: model, type: type)
    guard found.isEmpty else { return found }
    let others = try models(type)
    let hint = others.isEmpty ? "no model has any" : "there are some of \(others.joined(separator: ", "))"
    let close = CloseNames.question(CloseNames.of(model, in: others))
    throw InputError(.nothingFound, dataset: model, "no raw records of \(type.rawValue)s in \(path); \(hint)\(close)")
  }

  /// The personas of a type that a model has records of, in byte order of their names; none if there are none.
  public func personasIfAny(model: String, type: DatasetKind) throws(InputError) -> [RawPersona] {
    let folder = folder(model, type)
    guard Files.isDirectory(folder) else { return [] }
    var personas: [RawPersona] = []
    for file in try list(folder) where file.hasSuffix(".jsonl") && !file.hasPrefix(".") {
      personas.append(persona(model: model, type: type, name: String(file.dropLast(".jsonl".count))))
    }
    // The order of files is another if one name is the beginning of another: `calm-1.jsonl` is before `calm.jsonl`.
    return personas.sorted { $0.persona.utf8.lexicographicallyPrecedes($1.persona.utf8) }
  }

  /// The records of one persona.
  ///
  /// - Throws: `InputError` if there are none; it names what is there.
  public func persona(model: String, type: DatasetKind, named name: String) throws(InputError) -> RawPersona {
    let all = try personas(model: model, type: type)
    if let persona = all.first(where: { $0.persona == name }) { return persona }
    let shown = all.prefix(8).map(\.persona).joined(separator: ", ") + (all.count > 8 ? ", ..." : "")
    let close = CloseNames.question(CloseNames.of(name, in: all.map(\.persona)))
    throw InputError(
      .nothingFound, dataset: "\(model) \(type.rawValue) \(name)",
      "no raw records; \(model) has \(all.count) \(type.rawValue)s: \(shown)\(close)")
  }

  private func persona(model: String, type: DatasetKind, name: String) -> RawPersona {
    let records = Files.join(folder(model, type), "\(name).jsonl")
    let scores = Files.join(Files.join(typeFolder(model, type), "extract_scores"), "\(name).json")
    return RawPersona(
      model: model, type: type, persona: name, recordsPath: records, scoresPath: Files.exists(scores) ? scores : nil,
      bytes: Files.status(records)?.size ?? 0)
  }

  private func typeFolder(_ model: String, _ type: DatasetKind) -> String {
    Files.join(Files.join(path, model), "\(type.rawValue)s_240")
  }

  private func folder(_ model: String, _ type: DatasetKind) -> String {
    Files.join(typeFolder(model, type), "responses")
  }

  private func list(_ folder: String) throws(InputError) -> [String] {
    do { return try Files.list(folder) } catch { throw InputError(.unreadable, dataset: folder, error.description) }
  }
}

/// The raw records of one persona: answers as JSON lines and, for most, a judge's scores.
public struct RawPersona: Sendable, Hashable {
  /// The model that answered.
  public let model: String
  /// Whether the persona is a role or a trait.
  public let type: DatasetKind
  /// The persona's name.
  public let persona: String
  /// The file of records.
  public let recordsPath: String
  /// The file of scores; nil if there is none.
  public let scoresPath: String?
  /// Size of the file of records, in bytes.
  public let bytes: Int

  init(
    model: String, type: DatasetKind, persona: String, recordsPath: String, scoresPath: String?, bytes: Int
  ) {
    self.model = model
    self.type = type
    self.persona = persona
    self.recordsPath = recordsPath
    self.scoresPath = scoresPath
    self.bytes = bytes
  }
}

/// What the raw records of a persona hold, without their texts.
public struct PersonaListing: Sendable, Hashable {
  /// The persona.
  public let persona: RawPersona
  /// Number of records.
  public private(set) var rows = 0
  /// Number of records by label, in the order in which the labels appear.
  public private(set) var labels: [LabelCount] = []
  /// Lines that are no records.
  public private(set) var damagedLines = 0

  /// How many records have a label.
  public struct LabelCount: Sendable, Hashable {
    /// The label.
    public let label: String
    /// Number of records.
    public internal(set) var rows: Int
  }

  /// Reads the records of a persona.
  ///
  /// - Throws: `InputError` if the file cannot be read, or the labels exceed the limits.
  /// - Complexity: O(bytes of the file), in memory that does not grow with it.
  public init(_ persona: RawPersona) throws(InputError) {
    self.persona = persona
    var known = LabelTable()
    var tally = LabelTally()
    var record = RawRecord()
    do throws(FileError) {
      var reader = try RecordReader(path: persona.recordsPath)
      while let entry = try reader.next(into: &record) {
        guard case .record = entry else {
          damagedLines += 1
          continue
        }
        rows += 1
        do throws(FileError) {
          tally.add(try known.number(of: record.text.span.extracting(record.label)))
        } catch { throw FileError("read", persona.recordsPath, reason: "line \(reader.lineNumber): \(error.reason)") }
      }
    } catch { throw InputError(.unreadable, dataset: persona.persona, error.description) }
    labels = tally.counts(known)
  }
}
