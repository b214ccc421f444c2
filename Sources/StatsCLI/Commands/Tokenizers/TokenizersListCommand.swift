import ArgumentParser
import JSON
import ModelHub
import Reports
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

  func run() throws {
    let store = VocabularyStore()
    var output = StandardOutput()
    let found = ModelRegistry.files.map { ($0, store.search($0)) }
    for notice in found.flatMap(\.1.notices) { Messages.notice(notice.description) }
    if json {
      let entries = found.map { JSONValue.object(Self.entry(of: $0, location: $1.location)) }
      try output.writeLine(JSONValue.array(entries).serialized(.pretty))
    } else {
      for line in Self.table(of: found).lines(width: nil) { try output.writeLine(line) }
    }
    try output.flush()
    let tables = CompiledTables.userCache
    let size = tables.storedBytes
    if size > 0 {
      Messages.notice("Compiled tables take \(CompiledTables.megabytes(size)) in \(tables.directory)")
    }
    if found.contains(where: { $0.1.location == nil }) {
      Messages.notice("Missing files are fetched with: tokenstats tokenizers fetch")
    }
  }

  private static func table(of found: [(VocabularyFile, VocabularySearch)]) -> ResultTable {
    var table = ResultTable([
      .text("vocabulary"), .text("models"), .number("bytes"), .text("licence"), .text("file"),
    ])
    for (file, search) in found {
      table.add([
        .text(file.name), .text(ModelRegistry.names(of: file).joined(separator: ", ")),
        .text(String(file.byteCount)), .text(file.license.name),
        .text(search.location?.path ?? "missing"),
      ])
    }
    return table
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
