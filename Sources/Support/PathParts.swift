/// Patterns of paths, part by part, in which `**` stands for any number of folders.
public enum PathParts {
  /// Whether the names of a path match the parts of a pattern.
  ///
  /// `**` stands for any number of names, none too; as the last part for one or more.
  ///
  /// - Parameters:
  ///   - names: the number of names.
  ///   - parts: the number of parts.
  ///   - isAnyFolders: whether a part is `**`.
  ///   - matches: whether a name matches a part that is not.
  /// - Complexity: O(`names` x `parts`) calls: at each `**` only the last one is tried again with one more name.
  public static func match(
    names: Int, parts: Int, isAnyFolders: (_ part: Int) -> Bool, matches: (_ name: Int, _ part: Int) -> Bool
  ) -> Bool {
    var (name, part) = (0, 0)
    var retry: (name: Int, part: Int)?
    while name < names {
      if part < parts, isAnyFolders(part) {
        if part == parts - 1 { return true }
        retry = (name, part)
        part += 1
      } else if part < parts, matches(name, part) {
        name += 1
        part += 1
      } else if let last = retry {
        retry = (last.name + 1, last.part)
        (name, part) = (last.name + 1, last.part + 1)
      } else {
        return false
      }
    }
    return part == parts
  }
}
