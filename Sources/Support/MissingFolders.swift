import Glibc

/// Folders that a command may have to make, so that it can remove them where it ends without a result.
public struct MissingFolders: Sendable {
  /// The folders that are not there, deepest first.
  private let paths: [String]

  /// Looks which of some folders, and of those above them, are missing.
  public init(_ folders: [String]) {
    var missing: [String] = []
    for folder in folders {
      var place = Files.absolute(folder)
      while !Files.exists(place), place != Files.parent(of: place) {
        if !missing.contains(place) { missing.append(place) }
        place = Files.parent(of: place)
      }
    }
    paths = missing.sorted { $0.utf8.count > $1.utf8.count }
  }

  /// Removes those that were made meanwhile and hold nothing.
  public func removeEmpty() {
    for path in paths { Files.withPath(path) { _ = rmdir($0) } }
  }
}
