public import Datasets
import Support
public import TokenStatistics

/// A folder of raw persona records: `{model}/roles_240` and `{model}/traits_240` with `responses/{name}.jsonl` and
/// `extract_scores/{name}.json`.
public struct PersonaArchive: Sendable {
  /// The folder.
  public let path: String

  /// Opens an archive.
  ///
  /// - Throws: `InputError` where the folder is missing.
  public init(path: String) throws(InputError) {
    guard Files.isDirectory(path) else {
      throw InputError(.missing, dataset: path, "there is no such folder of raw persona records")
    }
    self.path = path
  }

  /// The models that have records of a type, in byte order; of either type where none is given.
  public func models(_ type: DatasetKind? = nil) throws(InputError) -> [String] {
    let types = type.map { [$0] } ?? [.role, .trait]
    return try list(path).filter { model in types.contains { Files.isDirectory(folder(model, $0)) } }
  }

  /// The personas of a type that a model has records of, in byte order of their names.
  ///
  /// - Throws: `InputError` where there are none; it names the models that have some.
  public func personas(model: String, type: DatasetKind) throws(InputError) -> [RawPersona] {
    let found = try personasIfAny(model: model, type: type)
    guard found.isEmpty else { return found }
    let others = try models(type)
    let hint = others.isEmpty ? "no model has any" : "there are some of \(others.joined(separator: ", "))"
    throw InputError(.nothingFound, dataset: model, "no raw records of \(type.rawValue)s in \(path); \(hint)")
  }

  /// The personas of a type that a model has records of, in byte order of their names; none where there are none.
  public func personasIfAny(model: String, type: DatasetKind) throws(InputError) -> [RawPersona] {
    let folder = folder(model, type)
    guard Files.isDirectory(folder) else { return [] }
    var personas: [RawPersona] = []
    for file in try list(folder) where file.hasSuffix(".jsonl") && !file.hasPrefix(".") {
      personas.append(persona(model: model, type: type, name: String(file.dropLast(".jsonl".count))))
    }
    // Files stand in another order where a name goes on after another one: `calm-1.jsonl` before `calm.jsonl`.
    return personas.sorted { $0.persona.utf8.lexicographicallyPrecedes($1.persona.utf8) }
  }

  /// The records of one persona.
  ///
  /// - Throws: `InputError` where there are none; it names what is there.
  public func persona(model: String, type: DatasetKind, named name: String) throws(InputError) -> RawPersona {
    let all = try personas(model: model, type: type)
    if let persona = all.first(where: { $0.persona == name }) { return persona }
    let shown = all.prefix(8).map(\.persona).joined(separator: ", ") + (all.count > 8 ? ", ..." : "")
    throw InputError(
      .nothingFound, dataset: "\(model) \(type.rawValue) \(name)",
      "no raw records; \(model) has \(all.count) \(type.rawValue)s: \(shown)")
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
