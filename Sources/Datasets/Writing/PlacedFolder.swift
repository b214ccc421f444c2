import Support

/// A folder that appears under its name when it is complete: it is made in a hidden folder beside it, and moved.
enum PlacedFolder {
  /// A hidden folder beside the final one.
  static func hidden(_ folder: String, _ suffix: String) -> String {
    // A trailing slash, or the name `.`, would put it inside the folder that is to be renamed.
    Files.hidden(beside: Files.absolute(folder), ending: suffix)
  }

  /// Makes the hidden folder; what an interrupted run left of it is removed.
  static func workspace(for folder: String) throws(FileError) -> WorkFolder {
    try WorkFolder(hidden(folder, "unfinished"))
  }

  /// Says that an interrupted run has moved away what was there and put nothing in its place; nil if none has.
  static func leftover(of folder: String, _ what: String) -> String? {
    let replaced = hidden(folder, "replaced")
    guard Files.exists(replaced) else { return nil }
    return "an interrupted run left the \(what) that was in \(folder) in \(replaced): move it back or remove it"
  }

  /// Moves a complete folder to its place, replacing what was there.
  static func put(_ complete: String, at folder: String) throws(FileError) {
    let place = Files.absolute(folder)
    guard Files.exists(place) else { return try Files.rename(complete, to: place) }
    // Not in the workspace, which is removed however the run ends.
    let replaced = hidden(folder, "replaced")
    try Files.remove(replaced)
    try Files.rename(place, to: replaced)
    do throws(FileError) {
      try Files.rename(complete, to: place)
    } catch {
      try Files.rename(replaced, to: place)
      throw error
    }
    try Files.remove(replaced)
  }
}
