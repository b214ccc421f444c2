import JSON

/// The manual page in the man(7) language.
///
/// Commands and options come from the parser's own description of the command line, so page and program agree.
struct ManualPage {
  private let command: JSONObject
  private let version: String
  private var lines: [String] = []
  /// The examples that discussions name, for a section of their own; nil where each stays in its place.
  private var examples: [String]?

  /// - Parameters:
  ///   - command: the root command of the parser's help as JSON.
  ///   - version: the program's version.
  init(command: JSONObject, version: String) {
    self.command = command
    self.version = version
    makeHeader()
    makeCommands()
    add(examples: Self.programExamples)
    for section in Self.fixedSections { add(section) }
  }

  /// The page of one command, with the same words as its part of the program's page.
  ///
  /// - Parameters:
  ///   - subcommand: The command.
  ///   - root: The program, as the parser describes it.
  ///   - version: The program's version.
  init(subcommand: JSONObject, of root: JSONObject, version: String) {
    command = root
    self.version = version
    let program = root["commandName"]?.stringValue ?? ""
    let name = subcommand["commandName"]?.stringValue ?? ""
    let page = "\(program)\\-\(name)"
    lines.append(".TH \(program.uppercased())\\-\(name.uppercased()) 1 \"\" \"\(program) \(version)\"")
    lines.append(".SH NAME")
    lines.append("\(page) \\- " + Self.escaped(Self.withoutFullStop(subcommand["abstract"]?.stringValue ?? "")))
    lines.append(".SH SYNOPSIS")
    let nested = Self.shownCommands(of: subcommand)
    for (index, command) in (nested.isEmpty ? [subcommand] : nested).enumerated() {
      if index > 0 { lines.append(".br") }
      let path = nested.isEmpty ? name : "\(name) \(command["commandName"]?.stringValue ?? "")"
      let arguments = Self.shownArguments(of: command).map(Self.synopsis).joined()
      lines.append(".B \(Self.escaped("\(program) \(path)"))\n[\\fIoptions\\fR]\(arguments)")
    }
    lines.append(".SH DESCRIPTION")
    examples = []
    add(subcommand, path: "")
    add(examples: examples ?? [])
    for section in Self.fixedSections { add(section) }
    lines.append(".SH SEE ALSO\n.BR \(program) (1)")
  }

  /// The page.
  var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func makeHeader() {
    let name = command["commandName"]?.stringValue ?? ""
    let abstract = command["abstract"]?.stringValue ?? ""
    lines.append(".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\"")
    lines.append(".SH NAME")
    lines.append("\(name) \\- " + Self.escaped(Self.withoutFullStop(abstract)))
    lines.append(".SH SYNOPSIS")
    lines.append(".B \(name)\n.I command\n[\\fIoptions\\fR] [\\fIargument\\fR ...]")
    lines.append(".br\n.B \(name)\n.I statistics\n[\\fIname\\fR ...]")
    lines.append(".SH DESCRIPTION")
    lines.append(Self.escaped(command["discussion"]?.stringValue ?? ""))
  }

  private mutating func makeCommands() {
    lines.append(".SH COMMANDS")
    for subcommand in Self.shownCommands(of: command) { add(subcommand, path: "") }
  }

  private mutating func add(_ subcommand: JSONObject, path: String) {
    let name = (path.isEmpty ? "" : path + " ") + (subcommand["commandName"]?.stringValue ?? "")
    let nested = Self.shownCommands(of: subcommand)
    guard nested.isEmpty else {
      for command in nested { add(command, path: name) }
      return
    }
    let arguments = Self.shownArguments(of: subcommand)
    lines.append(".SS \(Self.escaped(name))" + arguments.map(Self.synopsis).joined())
    lines.append(Self.escaped(subcommand["abstract"]?.stringValue ?? ""))
    if let discussion = subcommand["discussion"]?.stringValue { addDiscussion(discussion) }
    for argument in arguments { add(argument) }
  }

  /// Indented lines of a discussion are examples and keep their line breaks.
  private mutating func addDiscussion(_ discussion: String) {
    for line in discussion.split(separator: "\n") {
      if line.hasPrefix("  ") {
        add(example: String(line.drop { $0 == " " }))
      } else if examples == nil || (line != "Example:" && line != "Examples:") {
        lines += [".PP", Self.escaped(String(line))]
      }
    }
  }

  private mutating func add(example: String) {
    guard examples == nil else {
      examples?.append(example)
      return
    }
    lines += [".PP", ".nf", ".RS", Self.escaped(example), ".RE", ".fi"]
  }

  private mutating func add(examples: [String]) {
    guard !examples.isEmpty else { return }
    lines.append(".SH EXAMPLES")
    self.examples = nil
    for example in examples { add(example: example) }
  }

  private mutating func add(_ argument: JSONObject) {
    lines.append(".TP")
    lines.append(Self.heading(of: argument))
    var sentence = argument["abstract"]?.stringValue ?? ""
    if let values = argument["allValues"]?.arrayValue?.compactMap(\.stringValue), !values.isEmpty {
      sentence += " One of: " + values.joined(separator: ", ") + "."
    }
    if let value = argument["defaultValue"]?.stringValue { sentence += " Default: \(value)." }
    lines.append(Self.escaped(sentence))
  }

  private mutating func add(_ section: Section) {
    lines.append(".SH " + section.title)
    for item in section.items {
      lines.append(".TP\n.B \(Self.escaped(item.name))\n\(Self.escaped(item.text))")
    }
  }

  /// The commands that help lists.
  static func shownCommands(of command: JSONObject) -> [JSONObject] {
    let commands = command["subcommands"]?.arrayValue?.compactMap(\.objectValue) ?? []
    return commands.filter { $0["shouldDisplay"]?.boolValue == true && $0["commandName"]?.stringValue != "help" }
  }

  private static func shownArguments(of command: JSONObject) -> [JSONObject] {
    let arguments = command["arguments"]?.arrayValue?.compactMap(\.objectValue) ?? []
    let shown = arguments.filter {
      let name = $0["valueName"]?.stringValue
      return $0["shouldDisplay"]?.boolValue == true && name != "help" && name != "version"
    }
    let ranked = shown.enumerated().map { (rank: rank(of: $0.element), index: $0.offset, argument: $0.element) }
    return ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.argument)
  }

  /// What most runs need comes first, as in the help.
  private static func rank(of argument: JSONObject) -> Int {
    HelpText.rank(
      isPositional: argument["kind"]?.stringValue == "positional", section: argument["sectionTitle"]?.stringValue,
      names: (argument["names"]?.arrayValue ?? []).map(spelled))
  }

  /// What stands behind the command's name: required arguments only.
  private static func synopsis(_ argument: JSONObject) -> String {
    let isPositional = argument["kind"]?.stringValue == "positional"
    guard isPositional || argument["isOptional"]?.boolValue == false else { return "" }
    let value = "\\fI\(escaped(argument["valueName"]?.stringValue ?? ""))\\fR"
    let dots = argument["isRepeating"]?.boolValue == true ? " ..." : ""
    let inner = isPositional ? value + dots : "\\fB\(escaped(preferredName(of: argument)))\\fR \(value)"
    return argument["isOptional"]?.boolValue == true ? " [\(inner)]" : " " + inner
  }

  private static func heading(of argument: JSONObject) -> String {
    let value = "\\fI\(escaped(argument["valueName"]?.stringValue ?? ""))\\fR"
    let names = argument["names"]?.arrayValue ?? []
    if names.isEmpty { return value }
    let list = names.map { "\\fB\(escaped(spelled($0)))\\fR" }.joined(separator: ", ")
    return argument["kind"]?.stringValue == "option" ? "\(list) \(value)" : list
  }

  private static func preferredName(of argument: JSONObject) -> String {
    argument["preferredName"].map(spelled) ?? ""
  }

  private static func spelled(_ name: JSONValue) -> String {
    let text = name["name"]?.stringValue ?? ""
    return name["kind"]?.stringValue == "short" ? "-" + text : "--" + text
  }

  private static func withoutFullStop(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// Backslashes and hyphens mean something to troff, and so does a full stop or an apostrophe that begins a line.
  private static func escaped(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let body = line.flatMap { character -> String in
        switch character {
        case "\\": "\\e"
        case "-": "\\-"
        default: String(character)
        }
      }
      let begins = body.first == "." || body.first == "'"
      return begins ? "\\&" + String(body) : String(body)
    }
    return lines.joined(separator: "\n")
  }
}

extension ManualPage {
  /// What most people do first.
  private static let programExamples = [
    "tokenstats analyze chats.jsonl --model qwen-3-32b --output-json chats.json",
    "tokenstats chats.json",
    "tokenstats show chats.json chats --row 3 --tokens",
    "tokenstats report chats.json --output index.html",
    "tokenstats count --model qwen-3-32b docs README.md",
    "tokenstats help analyze",
  ]

  /// A section of terms and what they mean.
  struct Section {
    /// The heading.
    let title: String
    /// The terms in order.
    let items: [(name: String, text: String)]
  }

  /// What no option declares: exit statuses, environment variables and files.
  static let fixedSections = [
    Section(
      title: "EXIT STATUS",
      items: [
        ("0", "All done."),
        ("1", "Failure: a missing folder, a damaged statistics file, a write error."),
        ("3", "Finished, but some datasets or rows failed; each is named."),
        ("4", "Nothing matched."),
        ("5", "An unknown model, or a tokenizer that is not on this machine."),
        ("6", "A condition that was asked for does not hold."),
        ("64", "The command line was wrong."),
        ("130", "Interrupted; what was finished by then is kept."),
      ]),
    Section(
      title: "ENVIRONMENT",
      items: [
        ("TOKENSTATS_WORKSPACE", "Folder that the default paths start from."),
        ("TOKENSTATS_FONT_DIR", "Folder that holds the DejaVu Sans fonts for the pictures."),
        (
          "HF_HOME, HF_HUB_CACHE",
          "Where the Hugging Face cache is; vocabulary files in it are used if their hash is known."
        ),
        ("XDG_CACHE_HOME", "Folder of caches; vocabulary files are kept in tokenstats under it. Default: ~/.cache."),
        ("NO_COLOR", "If set, no color is used."),
        ("CLICOLOR_FORCE", "If set and not 0, colors are used in files and pipes too."),
        ("CI, TERM", "Where CI is set or TERM is dumb, progress is plain lines."),
      ]),
    Section(
      title: "FILES",
      items: [
        ("~/.cache/tokenstats", "Vocabulary files that 'tokenstats tokenizers fetch' got.")
      ]),
  ]
}
