import Support

/// The files in a folder and the folders below it that may hold texts.
///
/// Hidden entries and what `.gitignore` names are left out. Links to files are followed, links to folders are not, so that
/// no circle is walked.
struct FolderWalk {
  /// No folder of texts is deeper.
  private static let maximumDepth = 64

  /// The paths of the files, sorted by bytes within each folder.
  private(set) var files: [String] = []
  /// Files that hold neither text nor a table that is known.
  private(set) var passedOver: [String] = []
  /// Folders and files that cannot be read.
  private(set) var failures: [InputError] = []

  /// Walks a folder.
  ///
  /// - Throws: `InputError` if the folder itself cannot be read.
  init(_ path: String) throws(InputError) {
    do throws(FileError) { try walk(path, GitIgnore(around: path), depth: 0) } catch {
      throw InputError(.unreadable, dataset: path, error.description)
    }
  }

  /// What was passed over, in one line; nil if nothing was.
  func notice(of path: String) -> String? {
    guard let first = passedOver.first else { return nil }
    let (count, verb) = passedOver.count == 1 ? ("1 file", "is") : ("\(passedOver.count) files", "are")
    return "\(path): \(count) that \(verb) neither text nor a table that is known \(verb) passed over, such as \(first)"
  }

  private mutating func walk(_ path: String, _ rules: GitIgnore, depth: Int) throws(FileError) {
    guard depth < Self.maximumDepth else {
      throw FileError("read", path, reason: "the folder is more than \(Self.maximumDepth) folders deep")
    }
    for name in try Files.list(path) where !name.hasPrefix(".") {
      let place = Files.join(path, name)
      guard let status = Files.status(place) else { continue }
      if rules.ignores(name, isFolder: status.isDirectory) { continue }
      do throws(FileError) {
        if status.isDirectory {
          if !Files.isLink(place) { try walk(place, rules.entering(name, at: place), depth: depth + 1) }
        } else if status.isRegular {
          if try StoredKind.isKnown(place) { files.append(place) } else { passedOver.append(place) }
        }
      } catch { failures.append(InputError(.unreadable, dataset: place, error.description)) }
    }
  }
}
