import Glibc

extension Files {
  /// Joins two path components with exactly one separator; an absolute second component replaces the first.
  public static func join(_ folder: String, _ name: String) -> String {
    if name.utf8.first == UInt8(ascii: "/") || folder.isEmpty { return name }
    return folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
  }

  /// The folder that holds `path`: "." for a bare name, "/" for the root.
  public static func parent(of path: String) -> String {
    let trimmed = withoutTrailingSeparators(path)
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    let folder = withoutTrailingSeparators(String(trimmed[..<slash]))
    return folder.isEmpty ? "/" : folder
  }

  /// The last component of `path`; empty for the root.
  public static func lastComponent(_ path: String) -> String {
    let trimmed = withoutTrailingSeparators(path)
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return trimmed }
    return String(trimmed[trimmed.utf8.index(after: slash)...])
  }

  /// The path from the root, without `.`, `..` and repeated separators; links are not followed.
  public static func absolute(_ path: String) -> String {
    var components: [Substring] = []
    for part in join(currentDirectory, path).split(separator: "/") where part != "." {
      if part == ".." { _ = components.popLast() } else { components.append(part) }
    }
    return "/" + components.joined(separator: "/")
  }

  /// The path that leads from a folder to `path`, with `..` where needed.
  public static func relative(_ path: String, to folder: String) -> String {
    let target = absolute(path).split(separator: "/")
    let base = absolute(folder).split(separator: "/")
    let common = zip(target, base).prefix { $0 == $1 }.count
    let up = Array(repeating: Substring(".."), count: base.count - common)
    let steps = up + target[common...]
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }

  /// The folder that relative paths start from. The corresponding C function is `getcwd`.
  public static var currentDirectory: String {
    guard let buffer = getcwd(nil, 0) else { return "." }
    defer { free(buffer) }
    return text(buffer)
  }

  /// The value of an environment variable; nil if it is not set or empty. The corresponding C function is `getenv`.
  public static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return text(value)
  }

  private static func withoutTrailingSeparators(_ path: String) -> String {
    var end = path.utf8.endIndex
    while end > path.utf8.startIndex {
      let before = path.utf8.index(before: end)
      guard path.utf8[before] == UInt8(ascii: "/"), before > path.utf8.startIndex else { break }
      end = before
    }
    return String(path[..<end])
  }
}

extension Files {
  /// The number of links that the system follows.
  private static let maximumLinks = 40

  /// The path that `path` leads to if it is a symbolic link, whose target need not exist; links of folders above it
  /// stay. The corresponding C function is `readlink`.
  ///
  /// - Throws: `FileError` if links lead in a circle.
  public static func followingLinks(_ path: String) throws(FileError) -> String {
    var target = path
    for _ in 0...maximumLinks {
      guard let link = link(target) else { return target }
      target = join(parent(of: target), link)
    }
    throw FileError("read", path, code: ELOOP)
  }

  /// The path from the root with all links followed, also of a file that is yet to be made.
  ///
  /// Equal for all paths of one file except hard links. The corresponding C function is `realpath`.
  public static func resolved(_ path: String) -> String {
    if let buffer = withPath(path, { realpath($0, nil) }) {
      defer { free(buffer) }
      return text(buffer)
    }
    let target = absolute((try? followingLinks(path)) ?? path)
    let above = parent(of: target)
    return above == target ? target : join(resolved(above), lastComponent(target))
  }

  /// Whether two paths lead to one file, by whatever links; also if it is yet to be made.
  public static func areSame(_ left: String, _ right: String) -> Bool {
    var (one, other) = (stat(), stat())
    if withPath(left, { stat($0, &one) }) == 0, withPath(right, { stat($0, &other) }) == 0 {
      return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }
    return resolved(left) == resolved(right)
  }

  /// Whether a path itself is a symbolic link.
  public static func isLink(_ path: String) -> Bool { link(path) != nil }

  /// What a symbolic link holds; nil if there is none.
  private static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = withPath(path) { readlink($0, &buffer, buffer.count) }
    return count > 0 ? buffer[..<count].withUnsafeBytes(text) : nil
  }
}
