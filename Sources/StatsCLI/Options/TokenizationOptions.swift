import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import JSON
import ModelHub
import Support
import Tokenizers

/// Which files and formats stand behind the models' names.
struct TokenizationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this vocabulary file for a model, or for the one of --model; may be repeated.", valueName: "[model=]path"))
  var tokenizer: [String] = []

  @Option(
    help: ArgumentHelp(
      "Use another model's chat format for a model, as in qwen-3-32b=qwen2.5, or for the one of --model; may be repeated.",
      valueName: "[model=]format"))
  var template: [String] = []

  @Option(
    help: ArgumentHelp(
      "Tell the chat template something, as in date_string='1 Jan 2025'; may be repeated.", valueName: "name=value"))
  var templateArg: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      What an image, sound or film is worth in tokens; by default images have those that the model's processor makes of \
      them, where its preprocessor_config.json is known, and all else has none.
      """, valueName: "n"))
  var imageTokens: WholeNumber?

  @Flag(
    help: """
      Cut long images up, as the processor of Gemma 3 does where it is called with do_pan_and_scan=True.
      """)
  var panAndScan = false

  @OptionGroup var chat: ChatTemplateOptions
  @OptionGroup(title: "Hub") var hub: HubOptions

  func validate() throws {
    if panAndScan, imageTokens != nil { throw ValidationError("--pan-and-scan and --image-tokens exclude each other.") }
  }
}

extension TokenizationOptions {
  /// The models as the options describe them.
  ///
  /// - Parameter names: the models that are named: what is said of none is said of the only one.
  func selector(for names: [String]) throws(CommandFailure) -> ModelSelector {
    func paired(_ value: String) -> String {
      ModelSetting(value) == nil && names.count == 1 ? "\(names[0])=\(value)" : value
    }
    return try ModelSelector(templates: template.map(paired), files: tokenizer.map(paired), hub: hub.access)
  }

  /// The built-in models of short names, all of them where there is none.
  func builtInModels(
    _ names: [String], storedNow: (String) -> TemplateClock? = { _ in nil }
  ) throws(CommandFailure) -> [ChatModel] {
    let selector = try selector(for: names)
    let names = names.isEmpty ? ModelRegistry.names : names
    return try prepare(
      names.map { (name) throws(CommandFailure) in try selector.builtInModel(named: name, chat) }, storedNow: storedNow)
  }

  /// The models with what the options tell their templates.
  ///
  /// - Parameters:
  ///   - addGenerationPrompt: whether conversations end with the beginning of an answer.
  ///   - storedNow: the time that a model's template saw when what is updated was counted; nil where none is known.
  /// - Throws: `CommandFailure` where an argument is known to none of the templates.
  func prepare(
    _ models: [ChatModel], addGenerationPrompt: Bool = false, storedNow: (String) -> TemplateClock? = { _ in nil }
  ) throws(CommandFailure) -> [ChatModel] {
    try chat.check(models.map { [$0.name, $0.datasetName, $0.origin.hubID] })
    // A time that cannot be read is an error even where no template asks.
    if chat.clock.now != nil { _ = try chat.clock.clock() }
    var settings = ChatRenderer.Settings()
    settings.arguments = try arguments(for: models)
    settings.addGenerationPrompt = addGenerationPrompt
    settings.prefersEngine = chat.jinja
    settings.joinsParts = chat.contentParts == .join
    if panAndScan, !models.contains(where: { $0.images?.cuttingUp != nil }) {
      throw CommandFailure(
        "--pan-and-scan is for models whose processor is Gemma 3's; leave it out for \(models.map(\.name).joined(separator: ", "))",
        status: .usage)
    }
    return try models.map { (model) throws(CommandFailure) in
      var model = model
      model.settings = settings
      model.settings.images = imageTokens.map { ImageTokens(.each($0.value)) } ?? images(of: model)
      model.sanitizesControlTokens = chat.sanitizeControlTokens
      if model.renderer?.usesClock ?? false {
        if !chat.clock.isSet, let stored = storedNow(model.datasetName) {
          model.settings.clock = stored
        } else {
          model.settings.clock = try chat.clock.clock()
        }
      }
      return model
    }
  }

  /// How many tokens a model makes of an image, as its processor is called.
  private func images(of model: ChatModel) -> ImageTokens? {
    if panAndScan { return model.images?.cuttingUp ?? model.images }
    if case .gemma(let images)? = model.images?.rule, images.areSetInFolder {
      Messages.notice(
        "\(model.name): its folder sets do_pan_and_scan, which the processor of transformers heeds only where its caller "
          + "does; images are counted whole, and --pan-and-scan counts their cut-outs too")
    }
    return model.images
  }

  /// The template arguments, each of which must be known to one of the templates in use.
  private func arguments(for models: [ChatModel]) throws(CommandFailure) -> JSONObject {
    let renderers = models.compactMap { model in model.renderer.map { (name: model.name, renderer: $0) } }
    if renderers.allSatisfy({ $0.renderer.main.engine == nil }) {
      do throws(TemplateError) {
        return try TemplateArguments(pairs: templateArg, for: renderers.compactMap(\.renderer.main.native)).given
      } catch {
        throw CommandFailure(error.description, status: .usage)
      }
    }
    var arguments = JSONObject()
    for pair in templateArg {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw CommandFailure("template argument \"\(pair)\" is not of the form name=value", status: .usage)
      }
      guard arguments[parts[0]] == nil else {
        throw CommandFailure("template argument \(parts[0]) is given twice", status: .usage)
      }
      guard renderers.contains(where: { $0.renderer.reads(parts[0]) }) else {
        let known = renderers.map { "\($0.name) reads \($0.renderer.argumentNames.joined(separator: ", "))" }
        throw CommandFailure(
          "unknown template argument \"\(parts[0])\": \(known.joined(separator: "; "))", status: .usage)
      }
      arguments[parts[0]] = Self.value(parts[1])
    }
    return arguments
  }

  /// A value as the command line spells it: JSON, Python's names of constants, else a text.
  private static func value(_ text: String) -> JSONValue {
    switch text {
    case "True": .bool(true)
    case "False": .bool(false)
    case "None": .null
    default: (try? JSONValue.parse(text)) ?? .string(text)
    }
  }
}

/// What a tokenizer file does not say itself.
struct TokenizerFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The pattern and special tokens of a tiktoken file that is not known by its content: \
      \(TiktokenSpec.names.joined(separator: ", ")), or a JSON file with pat_str and special_tokens.
      """, valueName: "name|file"))
  var tiktokenSpec: String?
}

extension TokenizerFileOptions {
  /// The models that short names, paths or hub ids mean.
  ///
  /// - Throws: `CommandFailure` where one is named twice.
  func models(
    named names: [String], _ tokenization: TokenizationOptions, addGenerationPrompt: Bool = false,
    storedNow: (String) -> TemplateClock? = { _ in nil }
  ) throws(CommandFailure) -> [ChatModel] {
    try tokenization.prepare(
      unprepared(named: names, tokenization), addGenerationPrompt: addGenerationPrompt, storedNow: storedNow)
  }

  /// The models before the options tell their templates anything.
  ///
  /// - Throws: `CommandFailure` where one is named twice.
  func unprepared(named names: [String], _ tokenization: TokenizationOptions) throws(CommandFailure) -> [ChatModel] {
    let selector = try tokenization.selector(for: names)
    var models: [ChatModel] = []
    for name in names {
      let model = try selector.chatModel(named: name, spec: spec(), tokenization.chat)
      if tiktokenSpec != nil, case .model = model.vocabulary {
        throw CommandFailure("\(name): --tiktoken-spec is for tiktoken files only", status: .usage)
      }
      if let other = models.first(where: { $0.datasetName.hasSameBytes(as: model.datasetName) }) {
        throw CommandFailure(
          other.name.hasSameBytes(as: name)
            ? "--model \(name) is given twice"
            : "--model \(other.name) and --model \(name) are both called \(model.datasetName) in results; rename one",
          status: .usage)
      }
      models.append(model)
    }
    return models
  }

  /// The model of a command that turns rows into something.
  func model(named name: String, _ rows: RowOptions) throws(CommandFailure) -> ChatModel {
    try models(named: [name], rows.tokenization, addGenerationPrompt: rows.addGenerationPrompt)[0]
  }

  /// The tokenizer that a short name, a path or a hub id means.
  func model(named name: String, _ selector: ModelSelector) throws(CommandFailure) -> CountingModel {
    let model = try selector.countingModel(named: name, spec: spec())
    if tiktokenSpec != nil, model.format != nil {
      throw CommandFailure("\(name): --tiktoken-spec is for tiktoken files only", status: .usage)
    }
    return model
  }

  private func spec() throws(CommandFailure) -> TiktokenSpec? {
    guard let tiktokenSpec else { return nil }
    if let known = TiktokenSpec.named(tiktokenSpec) { return known }
    guard Files.exists(tiktokenSpec) else {
      throw CommandFailure(
        "--tiktoken-spec \(tiktokenSpec): there is no such file; known names are "
          + TiktokenSpec.names.joined(separator: ", "), status: .usage)
    }
    do { return try TiktokenSpec(json: Files.read(tiktokenSpec)) } catch {
      throw CommandFailure("--tiktoken-spec \(tiktokenSpec): \(error)", status: .usage)
    }
  }
}

/// What `encode` and `render` share: rows of JSONL in, a line out for each.
struct RowOptions: ParsableArguments {
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions

  @Flag(help: "End conversations with the beginning of an answer, where the row does not say.")
  var addGenerationPrompt = false

  @Flag(help: "Write characters beyond ASCII as \\uXXXX.")
  var ascii = false

  @Argument(
    help: ArgumentHelp("A file, a dataset, or - or none for standard input.", valueName: "source"),
    completion: CompletionNames.datasets)
  var file: String?

  @OptionGroup(title: "Sources") var sources: SourceOptions
  @OptionGroup var texts: TextOptions
  @OptionGroup var workspace: WorkspaceOptions

  func validate() throws {
    guard tokenization.imageTokens == nil else {
      throw ValidationError("--image-tokens says a number and no tokens that could be printed: leave it out.")
    }
  }

  /// Reads every row, and prints the line of JSON that `respond` makes of its text and, of a conversation, its parts and
  /// what is trained; `{"error":..}` where it throws.
  ///
  /// - Parameters:
  ///   - mask: finds what is trained; nil where nobody asks.
  ///   - isStyled: whether the line holds sequences for the terminal, and nothing else that it would obey.
  func forEachText(
    _ model: ChatModel, mask: TrainingMask? = nil, isStyled: Bool = false,
    _ respond: ([UInt8], RenderedChat, _ trained: [Range<Int>]?) throws(InputError) -> [UInt8]
  ) throws(CommandFailure) {
    let renderer =
      try model.preparedRenderer().map { RowRenderer($0, mask: mask) } ?? RowRenderer(textsOf: model.name)
    try forEachText(renderer, named: model.name, isStyled: isStyled, respond)
  }

  private var lookup: SourceLookup {
    var lookup = sources.lookup(folder: workspace.processedDatasets, hub: tokenization.hub)
    texts.set(&lookup)
    return lookup
  }

  /// Whether the rows are those of a source, which may be a table and whose rows may be of any shape, and not lines of
  /// what `apply_chat_template` takes.
  var areRead: Bool {
    var lookup = lookup
    let chat = tokenization.chat
    if chat.contentParts != nil || !chat.templateColumn.isEmpty || lookup.shape != ShapeOptions() || texts.text
      || texts.lines || sources.splitName != nil || sources.config != nil
    {
      return true
    }
    (lookup.model, lookup.walksFolders) = ("any", true)
    let file = file ?? "-"
    // What comes through a pipe can be looked at once only, which the lines do.
    if file == "-", SpooledInput.fileOfStandardInput == nil { return false }
    guard let selection = try? DatasetOptions.selection(file) else { return false }
    let found = (try? lookup.sources(selection.dataset)) ?? []
    // Lines on standard input are what apply_chat_template takes, whatever their members.
    if file == "-" { return found.contains { $0.isTable || $0.isCompressed } }
    return found.count > 1
      || found.contains { source in
        guard source.format == .jsonLines else { return source.format != .text }
        if source.isCompressed { return true }
        switch source.shape?.form {
        case .messages(let column)?: return column != "messages"
        case .answer?, .instruction?: return true
        case .continued?, .replaced?, .text?, nil: return false
        }
      }
  }

  /// The same for a renderer, with what notices call it.
  func forEachText(
    _ rowRenderer: RowRenderer, named name: String, isStyled: Bool = false,
    _ respond: ([UInt8], RenderedChat, _ trained: [Range<Int>]?) throws(InputError) -> [UInt8]
  ) throws(CommandFailure) {
    var renderer = rowRenderer
    let selection = try file.map { (file) throws(CommandFailure) in try DatasetOptions.selection(file) }
    var output = StandardOutput()
    var failures = FailureLog()
    var media = RenderedMedia()
    let inputs = try TextInput.inputs(
      [selection ?? DatasetSelection(dataset: "-")], lookup, templateColumns: tokenization.chat.templateColumn)
    for input in inputs {
      var reader = try input.reader(answersAtOnce: true, readsImages: renderer.readsImages)
      while let batch = try input.next(&reader) {
        for row in 0..<batch.count {
          let line: [UInt8]
          var hasStyle = false
          do throws(InputError) {
            guard try input.includes(row, of: batch) else { continue }
            let text = try renderer.render(row, of: batch)
            media.add(renderer.chat.media)
            line = try respond(text, renderer.chat, renderer.trained)
            hasStyle = isStyled
          } catch {
            failures.note(batch.place(of: row).description)
            line = JSONLine.error(error.message, line: renderer.failedLine, ascii: ascii)
          }
          failures.rows += 1
          if hasStyle { try output.writeLine(styled: line) } else { try output.writeLine(line) }
        }
        // Reading may have to wait for who writes the input, who may wait for the answers.
        try output.flush()
      }
    }
    try output.flush()
    if let notice = renderer.fieldNotice { Messages.notice("\(name): \(notice)") }
    if let notice = renderer.members.notice { Messages.notice("\(name): \(notice)") }
    if let notice = MediaNotice.text(media, each: nil, isCounted: false) { Messages.notice(notice) }
    try failures.end(of: file.flatMap { $0 == "-" ? nil : $0 } ?? "standard input")
  }
}
