import ModelHub
import Analysis
import ArgumentParser
import JSON
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
    let found = OfficialVocabulary.allCases.map { ($0, store.search($0)) }
    for notice in found.flatMap(\.1.notices) { Messages.notice(notice.description) }
    if json {
      let entries = found.map { JSONValue.object(Self.entry(of: $0, location: $1.location)) }
      try output.writeLine(JSONValue.array(entries).serialized(.pretty))
    } else {
      for line in Self.table(of: found).lines(width: nil) { try output.writeLine(line) }
    }
    try output.flush()
    if found.contains(where: { $0.1.location == nil }) {
      Messages.notice("Missing files are fetched with: tokenstats tokenizers fetch")
    }
  }

  private static func table(of found: [(OfficialVocabulary, VocabularySearch)]) -> ResultTable {
    var table = ResultTable([
      .text("vocabulary"), .text("models"), .number("bytes"), .text("licence"), .text("file"),
    ])
    for (vocabulary, search) in found {
      table.add([
        .text(vocabulary.rawValue), .text(models(of: vocabulary).joined(separator: ", ")),
        .text(String(vocabulary.byteCount)), .text(vocabulary.license.name),
        .text(search.location?.path ?? "missing"),
      ])
    }
    return table
  }

  private static func entry(of vocabulary: OfficialVocabulary, location: VocabularyLocation?) -> JSONObject {
    JSONObject([
      ("vocabulary", .string(vocabulary.rawValue)),
      ("models", .array(models(of: vocabulary).map(JSONValue.string))),
      ("path", location.map { .string($0.path) } ?? .null),
      ("origin", location.map { .string($0.origin.summary) } ?? .null),
      ("bytes", .number(vocabulary.byteCount)),
      ("sha256", .string(vocabulary.sha256)),
      ("license", .string(vocabulary.license.name)),
      ("license_url", .string(vocabulary.license.address)),
    ])
  }

  private static func models(of vocabulary: OfficialVocabulary) -> [String] {
    let catalog = ModelCatalog()
    return ModelCatalog.models.filter { name in
      guard let format = try? catalog.format(of: name) else { return false }
      return vocabulary.families.contains(format.family)
    }
  }
}
