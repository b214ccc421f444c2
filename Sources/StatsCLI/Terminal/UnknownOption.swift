import ArgumentParser
import JSON
import Support

/// The parser's answer to an option that the command does not have, with the option that was meant.
///
/// The parser asks for the name with the fewest other letters, which of a short one is often a name that has nothing to
/// do with it. What other programs call an option counts for more here.
struct UnknownOption {
  /// The option as it was typed, without hyphens.
  let name: String
  /// The options of the command that was asked for one, without hyphens.
  let options: [String]
  /// The options of all commands.
  let others: [CommandOptions]

  /// The long options of one command.
  struct CommandOptions {
    let command: String
    let options: [String]
  }

  /// What is behind the sentence that there is no such option.
  var answer: String {
    let meant = meant
    guard meant.isEmpty else { return CloseNames.question(meant.map { "--" + $0 }) }
    let having = others.filter { $0.options.contains(name) }.map(\.command)
    guard let last = having.last else { return "" }
    let list = having.dropLast().joined(separator: ", ")
    return "; \(list.isEmpty ? "\(last) has" : "\(list) and \(last) have") it"
  }

  /// The options that were meant, nearest first: by use, else by letters, else by words.
  private var meant: [String] {
    let word = name.lowercased()
    for use in Self.uses where use.words.contains(word) {
      if let option = use.options.first(where: options.contains) { return [option] }
    }
    let close = CloseNames.of(name, in: options)
    guard close.isEmpty else { return close }
    let parts = options.filter { $0.hasPrefix(word) || $0.split(separator: "-").contains { $0 == word } }
    return Array(parts.prefix(3))
  }
}

extension UnknownOption {
  /// What other programs call options of one use, and what these are called here: the first that a command has is meant.
  private static let uses: [(words: Set<String>, options: [String])] = [
    (["top", "head", "first", "n", "num", "number", "rows", "k"], ["top", "count", "examples", "row"]),
    (
      [
        "limit", "over", "above", "max", "max-len", "max-length", "max-seq-len", "max-seq-length", "max-tokens",
        "model-max-length", "seq-len", "sequence-len", "cutoff-len", "block-size", "context-length", "truncate",
      ], ["max-length", "limits", "over", "max"]
    ),
    (["min", "min-len", "min-tokens"], ["min-length"]),
    (
      ["out", "o", "output", "output-file", "output-path", "out-file", "outfile", "out-dir", "save", "dest", "write"],
      ["output", "output-json", "output-dir", "output-plots"]
    ),
    (["plots", "pictures", "images", "plot-dir"], ["output-plots"]),
    (["workers", "num-workers", "threads", "num-proc", "nproc", "processes", "parallel", "cpus", "p"], ["jobs"]),
    (
      ["models", "model-name", "model-id", "model-path", "model-name-or-path", "tokenizer-name", "encoding"],
      ["model", "models"]
    ),
    (["data", "data-dir", "dataset", "datasets", "input", "input-dir", "dir", "folder"], ["dataset-dir"]),
    (["file", "input", "stats", "json-file"], ["statistics"]),
    (["column", "field", "key", "text-field", "text-key", "dataset-text-field"], ["text-column"]),
    (["messages", "messages-key", "messages-field", "conversations"], ["messages-column"]),
    (["score", "score-field"], ["score-column", "min-score"]),
    (["label", "label-field"], ["label-column", "label-filter"]),
    (["group", "groups", "by"], ["group-by", "labels"]),
    (["split", "splits"], ["split-name"]), (["subset", "dataset-config", "dataset-name"], ["config"]),
    (["format", "csv", "tab", "delimiter", "raw"], ["tsv"]),
    (["silent", "s", "no-progress"], ["quiet"]),
    (["overwrite", "clobber", "f", "no-cache", "recount"], ["force"]), (["y", "assume-yes"], ["yes"]),
    (["local-files-only", "no-network", "no-fetch"], ["offline"]), (["simulate", "check", "plan"], ["dry-run"]),
    (["full", "all-columns", "no-truncate"], ["wide"]), (["columns", "cols"], ["width"]),
    (["dpi", "zoom", "scale", "resolution"], ["plot-scale"]), (["svg", "png", "image-format"], ["plot-format"]),
    (["texts", "keep-texts"], ["samples", "keep-samples"]), (["fail-over", "fail-if", "threshold"], ["fail-on"]),
    (["price", "cost"], ["price-per-million"]), (["packing"], ["pack"]),
  ]

  private static let opening = "Error: Unknown option '"
  private static let missing = "Error: Missing expected argument"
  private static let question = "'. Did you mean '"

  /// The parser's message; where it is about an unknown option, with the answer of this program instead of its own.
  ///
  /// - Parameters:
  ///   - message: what the parser says.
  ///   - arguments: the command line.
  static func answered(_ message: String, _ arguments: [String]) -> String {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // The parser's own words are an answer too.
    guard let sentence = lines.first, sentence.hasPrefix(opening) || sentence.hasPrefix(missing),
      let description = try? JSONValue.parse(TokenStats._dumpHelp()),
      let root = description["command"]?.objectValue
    else { return message }
    let command = Self.command(of: arguments, in: root)
    let options = Self.options(of: command)
    var typed = String(sentence.dropFirst(opening.count))
    if sentence.hasPrefix(missing) {
      // What is missing may be there by another name.
      let long = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { $0.prefix { $0 != "=" } }
      let known = Self.options(of: command, withHidden: true) + ["help", "version"]
      guard let other = long.first(where: { !known.contains(String($0.dropFirst(2))) }) else { return message }
      typed = String(other)
    }
    if let end = typed.firstRange(ofBytes: question)?.lowerBound { typed = String(typed[..<end]) }
    if typed.hasSuffix("'") { typed.removeLast() }
    let name = String(typed.drop { $0 == "-" })
    let unknown = UnknownOption(name: name, options: options, others: commands(of: root))
    lines[0] = "Error: unknown option '\(typed)'\(unknown.answer)"
    return lines.joined(separator: "\n")
  }

  /// The command that the arguments name, down to a subcommand.
  private static func command(of arguments: [String], in root: JSONObject) -> JSONObject {
    var command = root
    for argument in arguments {
      let next = ManualPage.shownCommands(of: command).first { $0["commandName"]?.stringValue == argument }
      guard let next else { break }
      command = next
    }
    return command
  }

  /// All commands without subcommands, by the names with which they are called.
  private static func commands(of parent: JSONObject, path: String = "") -> [CommandOptions] {
    ManualPage.shownCommands(of: parent).flatMap { command -> [CommandOptions] in
      let name = path + (command["commandName"]?.stringValue ?? "")
      let nested = commands(of: command, path: name + " ")
      return nested.isEmpty ? [CommandOptions(command: name, options: options(of: command))] : nested
    }
  }

  /// The long names of the options that help shows, or of all.
  private static func options(of command: JSONObject, withHidden: Bool = false) -> [String] {
    let arguments = command["arguments"]?.arrayValue?.compactMap(\.objectValue) ?? []
    return arguments.filter { withHidden || $0["shouldDisplay"]?.boolValue == true }
      .flatMap { $0["names"]?.arrayValue ?? [] }
      .filter { $0["kind"]?.stringValue == "long" }.compactMap { $0["name"]?.stringValue }
  }
}
