import Support

/// Makes names of paths, for data that nobody gave a name.
enum SourceNaming {
  /// Endings that say what a file holds and not what it is about.
  private static let endings = [
    ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".md", ".parquet", ".pq", ".arrow", ".feather",
  ]

  /// A file's name without its endings.
  static func stem(of path: String) -> String {
    var name = Files.lastComponent(path)
    for endings in [TextCompression.endings, endings] {
      let small = name.lowercased()
      // A name that is nothing but an ending stays.
      if let ending = endings.first(where: { small.hasSuffix($0) && small.utf8.count > $0.utf8.count }) {
        name = String(decoding: name.utf8.dropLast(ending.utf8.count), as: UTF8.self)
      }
    }
    return name
  }

  /// Whether a text ends as the names of files with data do.
  static func hasEnding(_ text: String) -> Bool {
    let small = text.lowercased()
    return (endings + TextCompression.endings).contains { small.hasSuffix($0) }
  }

  /// A text as a part of a name, which is never empty.
  static func part(_ text: String) -> String {
    let part = DatasetName.part(text)
    return part.isEmpty || part == "." || part == ".." ? "data" : part
  }

  /// The subject of a dataset: its name, the split and the side.
  static func subject(_ name: String, split: String?, side: SourceSide?) -> String {
    ([part(name)] + [split.map(part), side?.rawValue].compactMap { $0 }).joined(separator: "__")
  }
}
