import Analysis
import ArgumentParser
import Counting
import Datasets
import ModelHub
import PersonaData
import Reports
import Support
import TokenStatistics

/// Makes one dataset from one file of raw records, or a trait's two sides.
struct CreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make one Hugging Face dataset from a persona's raw records.",
    discussion: """
      Writes a folder as save_to_disk does and a Parquet file. Filters stand in the dataset's name.

      Example:
        tokenstats create --type trait --name analytical --min-score 50
      """)

  /// The types as the option spells them.
  enum Persona: String, CaseIterable, ExpressibleByArgument {
    case role, trait

    var type: DatasetKind { self == .role ? .role : .trait }

    /// Takes the plural too, as `list` and `generate` do.
    init?(argument: String) { self.init(rawValue: argument.hasSuffix("s") ? String(argument.dropLast()) : argument) }
  }

  /// The model whose records are taken where none is named.
  static let usualModel = "gemma-2-27b"

  /// The columns of a row that are shown of it: as many as the original script showed.
  private static let shownOfRow = 100

  @Option(help: "Kind of persona.")
  var type: Persona

  @Option(
    name: [.customShort("m"), .long], help: ArgumentHelp("The model that answered.", valueName: "model"),
    completion: CompletionNames.recordModels)
  var model = Self.usualModel

  @Option(help: ArgumentHelp("The persona.", valueName: "name"), completion: CompletionNames.recordPersonas)
  var name: String

  @OptionGroup var raw: RawDataOptions
  @OptionGroup(title: "What is made") var recipe: RecipeOptions
  @OptionGroup var label: LabelOptions

  @Flag(help: "Make a trait's pos and neg datasets in one go and say how balanced they are.")
  var pair = false

  @Flag(help: "Print the table of --pair as tab-separated values, and nothing else.")
  var tsv = false

  @OptionGroup(title: "Tokenizers and templates, for --pair") var tokenization: TokenizationOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if tsv && !pair { throw ValidationError("--tsv prints the table of --pair.") }
    if pair && type == .role { throw ValidationError("--pair is for traits; roles have no two sides.") }
    if pair && label.labelFilter != nil { throw ValidationError("--pair makes both labels; leave --label-filter out.") }
  }

  func run() throws {
    var output = StandardOutput()
    guard pair else {
      try describe(make(label: label.labelFilter), &output)
      return try output.flush()
    }
    // Before anything is made: what would keep the two from being compared should not come after the work.
    let counting = try tokenization.builtInModels([model])[0].load()
    let positive = try make(label: "pos")
    try describe(positive, &output)
    try output.flush()
    let negative = try makeOther(than: positive)
    try describe(negative, &output)
    try output.flush()
    let balance = try PairBalance(
      [positive, negative], model: counting)
    if tsv {
      try output.write(bytes: balance.table.tabSeparated)
    } else {
      try output.write(balance.table, isWide: true)
    }
    try output.flush()
    try balance.end()
  }

  /// Makes a trait's other side; where that fails, the failure says what was made.
  private func makeOther(than positive: MadeDataset) throws(CommandFailure) -> MadeDataset {
    do throws(CommandFailure) { return try make(label: "neg") } catch {
      throw CommandFailure(
        "\(error.message); \(positive.name) was written, to \(positive.folder) and \(positive.file)",
        status: error.status)
    }
  }

  private func make(label: String?) throws(CommandFailure) -> MadeDataset {
    let recipe = recipe.recipe(label: label)
    let archive = try raw.archive()
    do throws(InputError) {
      let persona = try archive.persona(model: RawDataOptions.recordName(of: model), type: type.type, named: name)
      let job: GenerationJob
      do throws(InputError) { job = try GenerationJob(persona, filters: recipe.filters) } catch {
        throw error.named(name)
      }
      // A single dataset is made whenever it is asked for.
      return try DatasetMaker(directory: directory, recipe: recipe, remakesUnchanged: true).make(job)
    } catch {
      throw CommandFailure(error)
    }
  }

  private var directory: String { recipe.outputDir ?? raw.workspace.processedDatasets }

  private func describe(_ made: MadeDataset, _ output: inout StandardOutput) throws(CommandFailure) {
    guard let contents = made.contents else { return }
    let labels = contents.labels.map { "\($0.label) \(NumberFormat.grouped($0.rows))" }.joined(separator: ", ")
    let (rows, scored) = (NumberFormat.grouped(contents.rows), NumberFormat.grouped(contents.scoredRows))
    if !tsv {
      try output.writeLine("\(made.name): \(rows) rows (\(labels)), \(scored) with a score")
      try output.writeLine("  \(made.folder) (\(NumberFormat.grouped(made.folderBytes)) bytes)")
      try output.writeLine("  \(made.file) (\(NumberFormat.grouped(made.fileBytes)) bytes)")
      try output.writeLine("  first row: \(TerminalText.cut(contents.sample, to: Self.shownOfRow))")
    }
    for warning in contents.report.warnings { Messages.warning("\(made.name): \(warning)") }
    for line in contents.report.damagedLines { Messages.warning(line.description) }
  }
}
