/// The parser's help with what most runs need first: it puts every section with a title before the options of the command
/// itself, and those in the order in which they are declared.
enum HelpText {
  /// Options that come first of all, wherever they are declared.
  private static let first = ["--model", "--output", "--output-dir"]
  /// Options that many commands have and few runs need, which come last.
  private static let last = [
    "--workspace", "--jobs", "--memory-limit", "--progress", "--quiet", "--version", "--help",
  ]
  /// The sections of options that are declared in a group with others.
  private static let places = [
    "--tiktoken-spec": "TOKENIZERS AND TEMPLATES", "--offline": "HUB", "--yes": "HUB",
  ]
  private static let (own, essential, general) = ("OPTIONS", "WHAT MOST RUNS SAY", "GENERAL OPTIONS")
  /// Sections that stay where they are, before all others.
  private static let kept = ["ARGUMENTS", essential]

  private struct Section {
    let title: String
    var entries: [[Substring]] = []
  }

  /// The columns of a line of usage.
  private static let widestUsage = 80
  private static let usageBeginnings = ["USAGE: ", "Usage: "]

  /// A text of the parser in which a line of usage that is wider than a terminal names arguments and required options
  /// only.
  static func withShortUsage(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.utf8.count > widestUsage && usageBeginnings.contains(where: line.hasPrefix) ? shortened(line) : String(line)
    }.joined(separator: "\n")
  }

  private static func shortened(_ usage: Substring) -> String {
    var command: [Substring] = []
    var arguments: [Substring] = []
    var isOption = false
    for word in usage.split(separator: " ") {
      isOption = isOption || word.hasPrefix("[-")
      if isOption {
        isOption = !word.hasSuffix("]")
      } else if arguments.isEmpty, !["[", "<", "-"].contains(where: word.hasPrefix) {
        command.append(word)
      } else {
        arguments.append(word)
      }
    }
    return (command + ["[<options>]"] + arguments).joined(separator: " ")
  }

  /// The text with its sections and options in another order; any other text as it is.
  static func essentialFirst(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let usage = lines.firstIndex(where: { $0.hasPrefix("USAGE: ") }), !lines.contains("SUBCOMMANDS:"),
      let start = lines[usage...].firstIndex(where: { title(of: $0) != nil })
    else { return text }
    var sections: [Section] = []
    for line in lines[start...] where !line.isEmpty {
      if let title = title(of: line) {
        sections.append(Section(title: title))
      } else if line.hasPrefix("  ") && !line.hasPrefix("   ") {
        sections[sections.count - 1].entries.append([line])
      } else {
        let section = sections.count - 1
        guard let entry = sections[section].entries.indices.last else { return text }
        sections[section].entries[entry].append(line)
      }
    }
    let ordered = order(sections).filter { !$0.entries.isEmpty }
    let blocks = ordered.map { ([$0.title + ":"] + $0.entries.flatMap { $0.map(String.init) }).joined(separator: "\n") }
    return (lines[..<start].joined(separator: "\n") + "\n" + blocks.joined(separator: "\n\n"))
      + (text.hasSuffix("\n") ? "\n" : "")
  }

  private static func order(_ sections: [Section]) -> [Section] {
    var moved: [(title: String, entry: [Substring])] = []
    let titles = Set(sections.map(\.title))
    var rest = sections.map { section in
      var section = section
      section.entries.removeAll { entry in
        guard let place = place(of: entry, in: section.title), place != section.title,
          place != "TOKENIZERS AND TEMPLATES" || titles.contains(place)
        else { return false }
        moved.append((place, entry))
        return true
      }
      return section
    }
    for (title, entry) in moved {
      if let index = rest.firstIndex(where: { $0.title == title }) {
        rest[index].entries.append(entry)
      } else {
        rest.append(Section(title: title, entries: [entry]))
      }
    }
    if let index = rest.firstIndex(where: { $0.title == own }) {
      let entries = rest[index].entries
      let early = first.flatMap { name in entries.filter { names(of: $0).contains(name) } }
      rest[index].entries = early + entries.filter { !early.contains($0) }
    }
    let head = rest.filter { kept.contains($0.title) } + rest.filter { $0.title == own }
    let tail = rest.filter { $0.title == general }
    return head + rest.filter { !kept.contains($0.title) && ![own, general].contains($0.title) } + tail
  }

  /// The section that an option belongs to; nil for the one that it is in.
  private static func place(of entry: [Substring], in title: String) -> String? {
    let names = names(of: entry)
    if title == own, !names.isDisjoint(with: last) { return general }
    return names.compactMap { places[$0] }.first
  }

  /// The long names of an option.
  private static func names(of entry: [Substring]) -> Set<String> {
    let words = (entry.first ?? "").split { $0 == " " || $0 == "," || $0 == "/" }
    return Set(words.prefix { $0.hasPrefix("-") }.map(String.init))
  }

  /// The title that a line is; nil for any other line.
  private static func title(of line: Substring) -> String? {
    guard line.hasSuffix(":"), let letter = line.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter),
      line == line.uppercased()
    else { return nil }
    return String(line.dropLast())
  }

  /// Where an option stands on a manual page: the smaller the earlier.
  static func rank(isPositional: Bool, section: String?, names: [String]) -> Int {
    if isPositional { return 0 }
    if section?.uppercased() == essential { return 1 }
    guard section == nil else { return 4 }
    if !Set(names).isDisjoint(with: last) { return 5 }
    return Set(names).isDisjoint(with: first) ? 3 : 2
  }
}
