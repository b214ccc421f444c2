import ArgumentParser
import Datasets
import Support

/// How sources are read, where that is not to be told from their first bytes and the names of their columns.
struct SourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read only this split of datasets that have several, such as train.", valueName: "name"))
  var splitName: String?

  @Option(help: ArgumentHelp("Read only this configuration of datasets of the hub.", valueName: "name"))
  var config: String?

  @Option(help: ArgumentHelp("The column of the conversations.", valueName: "column"))
  var messagesColumn: String?

  @Option(
    help: ArgumentHelp("The column of texts, which are counted as they are, without a template.", valueName: "column"))
  var textColumn: String?

  @Option(help: ArgumentHelp("What messages call who speaks; default: role, else from.", valueName: "key"))
  var roleKey: String?

  @Option(help: ArgumentHelp("What messages call what is said; default: content, else value.", valueName: "key"))
  var contentKey: String?

  @Option(help: ArgumentHelp("The column of the scores; default: extract_score.", valueName: "column"))
  var scoreColumn: String?

  @Option(
    help: ArgumentHelp(
      "The lowest and the highest score that can be given, for bands of scores, as in 1-10.", valueName: "low-high"))
  var scoreRange: ScoreRange?

  @Option(help: ArgumentHelp("The column of the labels; default: label.", valueName: "column"))
  var labelColumn: String?

  @Flag(help: "Prompts and completions that are texts are the turns of a user and an assistant.")
  var asChat = false

  func validate() throws {
    if messagesColumn != nil && textColumn != nil {
      throw ValidationError("--messages-column and --text-column exclude each other.")
    }
  }

  /// A lookup that knows all this.
  ///
  /// - Parameters:
  ///   - folder: the folder of datasets that are named without a path.
  ///   - hub: what is allowed of fetching.
  ///   - limits: how much files may claim.
  func lookup(folder: String, hub: HubOptions, limits: Limits = Limits()) -> SourceLookup {
    var lookup = SourceLookup(folder: folder)
    lookup.limits = limits
    lookup.store = HubDatasets(access: hub.access, configuration: config)
    lookup.split = splitName
    lookup.shape.messagesColumn = messagesColumn
    lookup.shape.textColumn = textColumn
    lookup.shape.roleKey = roleKey
    lookup.shape.contentKey = contentKey
    lookup.shape.scoreColumn = scoreColumn
    lookup.shape.scoreScale = scoreRange?.scale
    lookup.shape.labelColumn = labelColumn
    lookup.shape.asChat = asChat
    return lookup
  }
}

/// How files without magic bytes are read as texts.
struct TextOptions: ParsableArguments {
  @Flag(help: "Each file is one text as it stands.")
  var text = false

  @Flag(help: "Each line is one text as it stands.")
  var lines = false

  func validate() throws {
    if text && lines { throw ValidationError("--text and --lines exclude each other.") }
  }

  /// Tells a lookup.
  func set(_ lookup: inout SourceLookup) {
    lookup.isPlainText = text
    lookup.isLines = lines
  }
}
