import ArgumentParser
import JSON
import ModelHub
import Reports
import Support
import Tokenizers

/// Prints which vocabulary files are there.
struct TokenizersListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show which vocabulary files are there.",
    discussion: """
      Example:
        tokenstats tokenizers list --json
      """)

  @Flag(help: "Print a JSON array.")
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  @OptionGroup var width: TableOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
  }

  func run() throws {
    let store = VocabularyStore()
    var output = StandardOutput()
    let found = ModelRegistry.files.map { ($0, store.search($0)) }
    for notice in found.flatMap(\.1.notices) { Messages.notice(notice.description) }
    let models = HubCache(directory: store.hubDirectory).models()
    if json {
      let entries = found.map { Self.entry(of: $0, location: $1.location) } + models.map(Self.entry)
      try output.writeLine(JSONValue.array(entries.map(JSONValue.object)).serialized(.pretty))
    } else if tsv {
      try output.write(bytes: Self.table(of: found, models).tabSeparated)
    } else {
      try output.write(Self.table(of: found, models), isWide: width.wide)
    }
    try output.flush()
    if let tables = CompiledTables.userCache, tables.storedBytes > 0 {
      let size = tables.storedBytes
      Messages.notice("Compiled tables take \(CompiledTables.megabytes(size)) in \(tables.directory)")
    }
    if found.contains(where: { $0.1.location == nil }) {
      Messages.notice("Missing files are fetched with: tokenstats tokenizers fetch")
    }
  }

  private static func table(
    of found: [(VocabularyFile, VocabularySearch)], _ models: [HubSnapshot]
  ) -> ResultTable {
    var table = ResultTable([
      .text("vocabulary"), .text("models"), .number("bytes"), .text("license", importance: .medium),
      .text("file", importance: .low),
    ])
    for (file, search) in found {
      table.add([
        .text(file.name), .text(ModelRegistry.names(of: file).joined(separator: ", ")),
        .integer(file.byteCount), .text(file.license.name),
        .text(search.location?.path ?? "missing"),
      ])
    }
    for model in models {
      let file = file(of: model)
      table.add([
        .text(Files.lastComponent(file ?? "")), .text("\(model.repository)@\(model.revision)"),
        .integer(file.flatMap { Files.status($0)?.size }), .text("see its page"),
        .text(file ?? model.path),
      ])
    }
    return table
  }

  /// The tokenizer file of a model in the hub's cache.
  private static func file(of model: HubSnapshot) -> String? { try? model.tokenizerFiles().first }

  private static func entry(of model: HubSnapshot) -> JSONObject {
    let file = file(of: model)
    let origin = VocabularyLocation.Origin.huggingFaceCache(
      repository: model.repository.name, revision: model.commit)
    return JSONObject([
      ("vocabulary", file.map { .string(Files.lastComponent($0)) } ?? .null),
      ("models", .array([.string(model.repository.name)])),
      ("path", file.map(JSONValue.string) ?? .null),
      ("origin", .string(origin.summary)),
      ("bytes", file.flatMap { Files.status($0)?.size }.map { .number($0) } ?? .null),
      ("hub_id", .string(model.repository.name)), ("revision", .string(model.revision.description)),
      ("commit", .string(model.commit)),
    ])
  }

  private static func entry(of file: VocabularyFile, location: VocabularyLocation?) -> JSONObject {
    JSONObject([
      ("vocabulary", .string(file.name)),
      ("models", .array(ModelRegistry.names(of: file).map(JSONValue.string))),
      ("path", location.map { .string($0.path) } ?? .null),
      ("origin", location.map { .string($0.origin.summary) } ?? .null),
      ("bytes", .number(file.byteCount)),
      ("sha256", .string(file.sha256)),
      ("license", .string(file.license.name)),
      ("license_url", .string(file.license.address)),
    ])
  }
}
