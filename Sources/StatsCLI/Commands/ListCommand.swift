import ArgumentParser
import Datasets
import JSON
import PersonaData
import Reports
import Support
import TokenStatistics

/// Prints which raw persona records a model has.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the roles or traits that a model has raw records of.",
    discussion: """
      Example:
        tokenstats list --type traits --model qwen-3-32b
      """)

  /// The plural that the option takes, as the original did.
  enum RecordType: String, CaseIterable, ExpressibleByArgument {
    case roles, traits

    /// The type of the personas.
    var persona: DatasetKind { self == .roles ? .role : .trait }

    /// Takes the singular too, as `create` does.
    init?(argument: String) { self.init(rawValue: argument.hasSuffix("s") ? argument : argument + "s") }
  }

  @OptionGroup var workspace: WorkspaceOptions

  @Option(help: "Which kind of persona.")
  var type = RecordType.roles

  @Option(
    name: [.customShort("m"), .long], help: ArgumentHelp("The model.", valueName: "name"),
    completion: CompletionNames.recordModels)
  var model = "gemma-2-27b"

  @Option(
    help: ArgumentHelp("Folder of the raw records; default: persona-data.", valueName: "dir"), completion: .directory)
  var personaDataDir: String?

  @Flag(help: "Print a JSON array of objects.")
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  @OptionGroup var width: TableOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
  }

  func run() throws {
    let model = RawDataOptions.recordName(of: model)
    let listings: [PersonaListing]
    do throws(InputError) {
      let archive = try PersonaArchive(path: personaDataDir ?? workspace.personaData)
      let personas = try archive.personas(model: model, type: type.persona)
      listings = try personas.map { (persona) throws(InputError) in try PersonaListing(persona) }
    } catch {
      throw CommandFailure(error.description, status: error.kind == .nothingFound ? .nothingMatched : .failure)
    }
    var output = StandardOutput()
    if json {
      try output.writeLine(JSONValue.array(listings.map(Self.json)).serialized(.pretty))
    } else if tsv {
      try output.write(bytes: Self.table(of: listings).tabSeparated)
    } else {
      try output.write(Self.table(of: listings), isWide: width.wide)
      try output.writeLine("\(listings.count) \(type.rawValue) of \(model)")
    }
    try output.flush()
    try nameDamage(in: listings)
  }

  private func nameDamage(in listings: [PersonaListing]) throws(CommandFailure) {
    let damaged = listings.filter { $0.damagedLines > 0 }
    for listing in damaged {
      Messages.warning("\(listing.persona.recordsPath): \(listing.damagedLines) lines are no records")
    }
    guard !damaged.isEmpty else { return }
    throw CommandFailure("\(damaged.count) files hold lines that are no records", status: .partialFailure)
  }

  private static func table(of listings: [PersonaListing]) -> ResultTable {
    var table = ResultTable([.text("name"), .number("rows"), .text("labels", importance: .medium), .text("scores")])
    for listing in listings {
      let labels = listing.labels.map { "\($0.label) \(NumberFormat.grouped($0.rows))" }.joined(separator: ", ")
      let scores = listing.persona.scoresPath == nil ? "none" : "yes"
      table.add([.text(listing.persona.persona), .integer(listing.rows), .text(labels), .text(scores)])
    }
    return table
  }

  private static func json(of listing: PersonaListing) -> JSONValue {
    let labels = listing.labels.map { ($0.label, JSONValue.number($0.rows)) }
    return .object(
      JSONObject([
        ("name", .string(listing.persona.persona)), ("model", .string(listing.persona.model)),
        ("type", .string(listing.persona.type.rawValue)), ("rows", .number(listing.rows)),
        ("labels", .object(JSONObject(labels))), ("scores", .bool(listing.persona.scoresPath != nil)),
        ("path", .string(listing.persona.recordsPath)),
      ]))
  }
}
