/// The git repository around a folder, read from its files.
///
/// Source of the layout: gitrepository-layout(5).
public enum GitRepository {
  /// The commit that is checked out around `folder`; nil outside a repository and before the first commit.
  ///
  /// - Throws: `FileError` if the repository is there but cannot be read.
  public static func head(around folder: String = Files.currentDirectory) throws(FileError) -> String? {
    guard let gitFolder = try find(from: Files.absolute(folder)) else { return nil }
    let head = try firstLine(of: Files.join(gitFolder, "HEAD"))
    guard head.hasPrefix("ref: ") else { return commit(head) }
    let reference = String(head.dropFirst(5))
    // A linked worktree has a HEAD of its own; branches are the main repository's.
    let common = Files.join(gitFolder, "commondir")
    let shared = Files.exists(common) ? Files.join(gitFolder, try firstLine(of: common)) : gitFolder
    for place in [gitFolder, shared] {
      let path = Files.join(place, reference)
      if Files.exists(path) { return commit(try firstLine(of: path)) }
    }
    return try packed(reference, in: Files.join(shared, "packed-refs"))
  }

  private static func find(from folder: String) throws(FileError) -> String? {
    var folder = folder
    while true {
      let path = Files.join(folder, ".git")
      if Files.isDirectory(path) { return path }
      if Files.exists(path) {
        let line = try firstLine(of: path)
        return line.hasPrefix("gitdir: ") ? Files.join(folder, String(line.dropFirst(8))) : nil
      }
      let parent = Files.parent(of: folder)
      if parent == folder { return nil }
      folder = parent
    }
  }

  private static func packed(_ reference: String, in path: String) throws(FileError) -> String? {
    guard Files.exists(path) else { return nil }
    for line in try Files.readText(path).split(separator: "\n") where line.hasSuffix(" " + reference) {
      return commit(String(line.prefix { $0 != " " }))
    }
    return nil
  }

  private static func firstLine(of path: String) throws(FileError) -> String {
    String(try Files.readText(path).prefix { $0 != "\n" && $0 != "\r\n" })
  }

  private static func commit(_ text: String) -> String? {
    text.count >= 40 && text.allSatisfy(\.isHexDigit) ? text : nil
  }
}
