import ArgumentParser
import Datasets
import PersonaData
import Support
import TokenStatistics

/// Makes the datasets of all personas.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make the Hugging Face datasets of all personas, in parallel.",
    discussion: """
      Datasets that are complete and unchanged are skipped. An interrupted run leaves no half dataset.

      Example:
        tokenstats generate --type both --persona-data-dir RAW --output-dir OUT
      """)

  /// The types as the option spells them.
  enum Personas: String, CaseIterable, ExpressibleByArgument {
    case roles, traits, both

    var types: [DatasetKind] {
      switch self {
      case .roles: [.role]
      case .traits: [.trait]
      case .both: [.role, .trait]
      }
    }

    /// Takes the singular too, as `create` does.
    init?(argument: String) { self.init(rawValue: ["role", "trait"].contains(argument) ? argument + "s" : argument) }
  }

  @Option(help: "Kinds of persona.")
  var type = Personas.both

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only these models; all by default.", valueName: "model"),
    completion: CompletionNames.recordModels)
  var models: [String] = []

  @OptionGroup var raw: RawDataOptions
  @OptionGroup(title: "What is made") var recipe: RecipeOptions
  @OptionGroup var label: LabelOptions
  @OptionGroup var jobs: JobsOptions
  @OptionGroup var progress: ProgressOptions

  @OptionGroup var form: TableFormOptions

  @Flag(help: "Make datasets again that are complete and unchanged.")
  var force = false

  @Flag(help: "Say what would be made, and write nothing.")
  var dryRun = false

  func run() throws {
    let plan = try plan()
    let maker = DatasetMaker(
      directory: directory, recipe: recipe.recipe(label: label.labelFilter), remakesUnchanged: force)
    if dryRun { return try printPlan(plan, maker) }
    Interruption.stopGently()
    FreedMemory.keep()
    let display = GenerationDisplay(progress.style)
    let generator = DatasetGenerator(plan, maker: maker, stop: Interruption.flag, report: display.update)
    generator.run(jobs: jobs.count)
    display.end()
    let summary = GenerationSummary(generator.outcomes, failures: plan.failures, directory: directory)
    try summary.print(form)
    if Interruption.isRequested { throw ExitCode(ExitStatus.interrupted.rawValue) }
    if summary.hasFailures { throw ExitCode(ExitStatus.partialFailure.rawValue) }
    if summary.isEmpty { throw ExitCode(ExitStatus.nothingMatched.rawValue) }
  }

  private var directory: String { recipe.outputDir ?? raw.workspace.processedDatasets }

  private func plan() throws(CommandFailure) -> GenerationPlan {
    let archive = try raw.archive()
    let names = models.flatMap { $0.split(separator: ",").map { RawDataOptions.recordName(of: String($0)) } }
    do {
      return try GenerationPlan(
        archive, models: names.isEmpty ? nil : names, types: type.types,
        filters: recipe.recipe(label: label.labelFilter).filters)
    } catch {
      throw CommandFailure(error)
    }
  }

  private func printPlan(_ plan: GenerationPlan, _ maker: DatasetMaker) throws {
    Messages.errors(plan.failures)
    var output = StandardOutput()
    for job in plan.jobs {
      let verb = maker.mayBeUnchanged(job) ? "would be made or found unchanged" : "would be made"
      try output.writeLine("\(job.name): \(verb) from \(job.persona.recordsPath)")
    }
    let known = plan.jobs.filter(maker.mayBeUnchanged).count
    let unchanged = known == 0 ? "" : ", of which \(NumberFormat.grouped(known)) may be found unchanged"
    let datasets = NumberFormat.grouped(plan.jobs.count)
    try output.writeLine("\(datasets) datasets would be written to \(directory)\(unchanged)")
    try output.flush()
    if !plan.failures.isEmpty { throw ExitCode(ExitStatus.partialFailure.rawValue) }
  }
}
