import Glibc

/// Which files git leaves alone, as the files `.gitignore` of a folder and those above it say.
///
/// Source: gitignore(5). Rules of the user (`core.excludesFile`) and of `.git/info/exclude` are not read.
public struct GitIgnore: Sendable {
  /// A file of rules is no larger.
  private static let largestFile = 1 << 20

  private struct Rule: Sendable {
    /// The parts of the pattern between slashes.
    let parts: [String]
    /// Whether what matches is wanted after all.
    let isNegated: Bool
    /// Whether only folders match.
    let isForFolders: Bool
    /// Whether the pattern begins at the folder of its file; else it matches at any depth.
    let isAnchored: Bool

    init?(_ line: ArraySlice<UInt8>) {
      var text = String(decoding: line, as: UTF8.self)[...]
      // Blanks at the end count only behind a backslash.
      while text.last == " ", !text.dropLast().hasSuffix("\\") { text.removeLast() }
      if text.isEmpty || text.first == "#" { return nil }
      isNegated = text.first == "!"
      if isNegated { text.removeFirst() }
      isForFolders = text.last == "/"
      if isForFolders { text.removeLast() }
      isAnchored = text.contains("/")
      parts = text.split(separator: "/").map(String.init)
      if parts.isEmpty { return nil }
    }

    func matches(_ names: ArraySlice<String>) -> Bool {
      guard isAnchored else { return names.last.map { fnmatch(parts[0], $0, 0) == 0 } ?? false }
      return PathParts.match(names: names.count, parts: parts.count, isAnyFolders: { parts[$0] == "**" }) {
        name, part in
        fnmatch(parts[part], names[names.startIndex + name], 0) == 0
      }
    }
  }

  /// The rules of each folder, the outermost first, with the number of names between it and the root of all.
  private var files: [(depth: Int, rules: [Rule])] = []
  /// The names of the folders from the root of all to the one at hand.
  private var place: [String] = []

  /// Reads the rules that hold in a folder: its own, and those of the folders above it up to the repository's.
  ///
  /// - Throws: `FileError` if a file of rules cannot be read.
  public init(around folder: String) throws(FileError) {
    let absolute = Files.absolute(folder)
    var chain = [absolute]
    while !Files.exists(Files.join(chain[0], ".git")) {
      let parent = Files.parent(of: chain[0])
      // Outside a repository only what is below counts.
      guard parent != chain[0] else {
        chain = [absolute]
        break
      }
      chain.insert(parent, at: 0)
    }
    for (depth, folder) in chain.enumerated() {
      if depth > 0 { place.append(Files.lastComponent(folder)) }
      try read(folder)
    }
  }

  /// The rules within a folder below.
  ///
  /// - Throws: `FileError` if its file of rules cannot be read.
  public func entering(_ name: String, at path: String) throws(FileError) -> GitIgnore {
    var inner = self
    inner.place.append(name)
    try inner.read(path)
    return inner
  }

  /// Whether an entry of the folder at hand is left alone: the last rule that matches decides.
  public func ignores(_ name: String, isFolder: Bool) -> Bool {
    let names = place + [name]
    for (depth, rules) in files.reversed() {
      let below = names.dropFirst(depth)
      for rule in rules.reversed() where isFolder || !rule.isForFolders {
        if rule.matches(below) { return !rule.isNegated }
      }
    }
    return false
  }

  private mutating func read(_ folder: String) throws(FileError) {
    let path = Files.join(folder, ".gitignore")
    guard let status = Files.status(path), status.isRegular else { return }
    guard status.size <= Self.largestFile else {
      throw FileError("read", path, reason: "it has \(status.size) bytes, which is too much for a list of patterns")
    }
    // Line by line in bytes: CR and LF together would be one character.
    let rules = try Files.read(path).split(separator: UInt8(ascii: "\n")).compactMap { line in
      Rule(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    if !rules.isEmpty { files.append((place.count, rules)) }
  }
}
