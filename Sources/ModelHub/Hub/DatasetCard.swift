import JSON
import Support

/// The description at the head of a dataset's `README.md`, as far as it says which files belong together.
struct DatasetCard: Sendable {
  /// One configuration.
  struct Configuration: Sendable, Hashable {
    /// Its name.
    let name: String
    /// The folder that its patterns are relative to; empty for the repository's own.
    let folder: String
    /// The patterns of each split in the card's order; nil where the card names none.
    let splits: [Split]?
  }

  /// The files of a split.
  struct Split: Sendable, Hashable {
    /// The split's name.
    let name: String
    /// Patterns for paths.
    let patterns: [String]
  }

  /// The configurations in the card's order; empty where it names none.
  let configurations: [Configuration]

  /// Reads a card.
  ///
  /// - Throws: `InputError` with the line that is not understood.
  init(_ text: String) throws(InputError) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    guard let (block, first) = Self.configs(in: lines) else {
      configurations = []
      return
    }
    var reader = CardReader(block, from: first)
    let value = try reader.value()
    if value == .null {
      configurations = []
      return
    }
    guard let entries = value.arrayValue else { throw Self.refused("configs is \(value.kindName), not a list") }
    var configurations: [Configuration] = []
    for entry in entries { configurations.append(try Self.configuration(entry)) }
    guard Set(configurations.map(\.name)).count == configurations.count else {
      throw Self.refused("two of its configs have the same config_name")
    }
    self.configurations = configurations
  }

  /// The error of a card that is not understood.
  static func refused(_ reason: String) -> InputError {
    .hub(
      HubFailure(
        .damaged,
        "README.md of the dataset is not understood: \(reason); name the files, as in hf://datasets/OWNER/NAME/FILE"))
  }

  /// The lines of `configs` between the two lines of three dashes, and the number of the first.
  private static func configs(in lines: [Substring]) -> (lines: [Substring], first: Int)? {
    func isMark(_ line: Substring) -> Bool { line.hasPrefix("---") && line.dropFirst(3).allSatisfy(\.isWhitespace) }
    guard let first = lines.first, isMark(first), let end = lines.dropFirst().firstIndex(where: isMark) else {
      return nil
    }
    let names = ["configs:", "\"configs\":", "'configs':"]
    guard let start = lines[1..<end].firstIndex(where: { line in names.contains { line.hasPrefix($0) } }) else {
      return nil
    }
    // A list may begin as far left as its name.
    let rest = lines[(start + 1)..<end].prefix { line in
      guard let byte = line.utf8.first else { return true }
      return [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "#")].contains(byte)
    }
    let inline = lines[start][lines[start].index(after: lines[start].firstIndex(of: ":") ?? lines[start].startIndex)...]
    return ([inline] + rest, start + 1)
  }

  private static func configuration(_ entry: JSONValue) throws(InputError) -> Configuration {
    guard let name = entry["config_name"]?.stringValue, !name.isEmpty else {
      throw refused("a member of configs has no config_name")
    }
    if let folder = entry["data_dir"], folder.stringValue == nil { throw refused("data_dir of \(name) is no text") }
    let splits = try entry["data_files"].flatMap { (files) throws(InputError) in try self.splits(files, of: name) }
    return Configuration(name: name, folder: entry["data_dir"]?.stringValue ?? "", splits: splits)
  }

  private static func splits(_ files: JSONValue, of name: String) throws(InputError) -> [Split]? {
    if files == .null { return nil }
    if let pattern = files.stringValue { return [Split(name: "train", patterns: [pattern])] }
    guard let entries = files.arrayValue else { throw refused("data_files of \(name) is \(files.kindName)") }
    if entries.contains(where: { $0.stringValue != nil }) {
      return [Split(name: "train", patterns: try patterns(files, of: name))]
    }
    let limit = Limits().splits
    guard entries.count <= limit else {
      throw refused("data_files of \(name) names \(entries.count) splits, more than \(limit)")
    }
    var splits: [Split] = []
    var names: Set<String> = []
    for entry in entries {
      guard let split = entry["split"]?.stringValue, let path = entry["path"], entry.objectValue?.count == 2 else {
        throw refused("a member of data_files of \(name) has other members than split and path")
      }
      guard names.insert(split).inserted else {
        throw refused("data_files of \(name) names the split \(split) twice")
      }
      splits.append(Split(name: split, patterns: try patterns(path, of: name)))
    }
    return splits
  }

  private static func patterns(_ value: JSONValue, of name: String) throws(InputError) -> [String] {
    if let pattern = value.stringValue { return [pattern] }
    let patterns = value.arrayValue?.compactMap(\.stringValue) ?? []
    guard !patterns.isEmpty, patterns.count == value.arrayValue?.count else {
      throw refused("the paths in data_files of \(name) are no texts")
    }
    return patterns
  }
}
