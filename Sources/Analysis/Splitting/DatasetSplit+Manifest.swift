import ChatTemplates
import Datasets
public import JSON
import PersonaData
public import TokenStatistics

extension DatasetSplit {
  /// The version of the manifest's form.
  public static let manifestVersion = 1

  /// What the manifest says beside the choice itself.
  public struct Record: Sendable {
    /// The version of tokenstats.
    public var toolVersion: String
    /// What the models' conversations were rendered and tokenized with.
    public var tokenizers: [String: TokenizerRecord]
    /// The rows that were taken by kind, unless a selection says otherwise.
    public var usualFilters: [DatasetKind: ScoreFilters]
    /// Whether system messages of roles and traits are left out.
    public var dropsSystem: Bool

    /// Makes a record from its parts.
    public init(
      toolVersion: String, tokenizers: [String: TokenizerRecord], usualFilters: [DatasetKind: ScoreFilters],
      dropsSystem: Bool
    ) {
      self.toolVersion = toolVersion
      self.tokenizers = tokenizers
      self.usualFilters = usualFilters
      self.dropsSystem = dropsSystem
    }
  }

  /// The manifest: how the split was made, and every row with its tokens.
  ///
  /// It holds neither a time nor a place of this machine beyond the sources' paths as they were given, so that the same
  /// split has the same manifest.
  ///
  /// - Parameter withRows: Whether the rows are listed.
  public func manifest(_ record: Record, withRows: Bool = true) -> JSONValue {
    .object(
      JSONObject([
        ("format", .string("tokenstats split")), ("version", .number(Self.manifestVersion)),
        ("tool", Self.object([("name", .string("tokenstats")), ("version", .string(record.toolVersion))])),
        ("settings", settingsJSON(record)),
        ("tokenizers", Self.object(record.tokenizers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })),
        ("sources", .array(sources.map(Self.json))),
        ("candidates", candidatesJSON), ("left_out", leftOutJSON),
        ("splits", Self.object(parts.map { ($0.budget.name, json(of: $0, withRows: withRows)) })),
      ]))
  }

  private var candidatesJSON: JSONValue {
    Self.object([
      ("conversations", .number(sources.reduce(0) { $0 + $1.candidates })), ("tokens", .number(candidateTokens)),
    ])
  }

  private var leftOutJSON: JSONValue {
    func sum(_ value: (Source) -> Int) -> JSONValue { .number(sources.reduce(0) { $0 + value($1) }) }
    return Self.object(
      [
        ("not_selected", sum { $0.rows - $0.selected }), ("failed", sum(\.failed)), ("too_long", sum(\.tooLong)),
        ("duplicates", sum(\.duplicates)),
      ] + (settings.matchesLength ? [("unmatched", sum(\.unmatched))] : []))
  }

  private func settingsJSON(_ record: Record) -> JSONValue {
    let filters = record.usualFilters.sorted { $0.key.rawValue < $1.key.rawValue }
    return Self.object(
      [
        ("budgets", Self.object(settings.budgets.map { ($0.name, .number($0.tokens)) })),
        ("max_length", .number(settings.maximumLength)), ("seed", .integer(Int64(bitPattern: settings.seed))),
        ("filters", Self.object(filters.map { ($0.key.rawValue, Self.json($0.value)) })),
        ("drop_system", .bool(record.dropsSystem && hasRolesOrTraits)),
        ("stratify", settings.stratum.map { .string(Self.name(of: $0)) } ?? .null),
        ("keep_together", .string((settings.group ?? (hasRolesOrTraits ? .prompt : .none)).rawValue)),
        ("allow_short", .bool(settings.allowsShort)),
      ] + (settings.matchesLength ? [("match_length", .string("label"))] : []))
  }

  private var hasRolesOrTraits: Bool { sources.contains { $0.identity.kind != .dataset } }

  private func json(of part: Part, withRows: Bool) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("budget", .number(part.budget.tokens)), ("tokens", .number(part.tokens)),
      ("conversations", .number(part.rows.count)), ("short", .bool(part.isShort)),
    ]
    if settings.stratum != nil {
      let strata = part.strata.map { stratum in
        let sums = [("conversations", JSONValue.number(stratum.conversations)), ("tokens", .number(stratum.tokens))]
        return (stratum.name, Self.object(sums))
      }
      members.append(("strata", Self.object(strata)))
    }
    if withRows {
      let rows = part.rows.map { row in
        Self.object([
          ("dataset", .string(sources[row.source].identity.dataset)), ("row", .number(row.row)),
          ("tokens", .number(row.tokens)),
        ])
      }
      members.append(("rows", .array(rows)))
    }
    return Self.object(members)
  }

  private static func json(_ source: Source) -> JSONValue {
    object([
      ("dataset", .string(source.identity.dataset)), ("path", .string(source.source.path)),
      ("format", .string(source.source.format.rawValue)), ("bytes", .number(source.source.bytes)),
      ("sha256", source.sha256.map(JSONValue.string) ?? .null), ("filters", json(source.filters)),
      ("rows", .number(source.rows)), ("selected", .number(source.selected)), ("failed", .number(source.failed)),
      ("too_long", .number(source.tooLong)), ("duplicates", .number(source.duplicates)),
      ("candidates", .number(source.candidates)),
    ])
  }

  private static func json(_ filters: ScoreFilters) -> JSONValue {
    let members = [
      ("min_score", filters.minimumScore.map(JSONValue.score)),
      ("max_score", filters.maximumScore.map(JSONValue.score)),
      ("label", filters.label.map(JSONValue.string)),
    ]
    return object(members.compactMap { name, value in value.map { (name, $0) } })
  }

  private static func name(of stratum: SplitSettings.Stratum) -> String {
    switch stratum {
    case .subject: PersonaNames.attribute
    case .score: "score"
    case .column(let name): name
    }
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue { .object(JSONObject(members)) }
}
