import Glibc

extension Files {
  /// As many links as the system follows.
  private static let maximumLinks = 40

  /// The path that `path` leads to where it is a symbolic link, which need not be there; links of folders above it stay.
  /// The corresponding C function is `readlink`.
  ///
  /// - Throws: `FileError` where links lead in a circle.
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
  /// Equal for all paths of one file but hard links. The corresponding C function is `realpath`.
  public static func resolved(_ path: String) -> String {
    if let buffer = realpath(path, nil) {
      defer { free(buffer) }
      return String(cString: buffer)
    }
    let target = absolute((try? followingLinks(path)) ?? path)
    let above = parent(of: target)
    return above == target ? target : join(resolved(above), lastComponent(target))
  }

  /// Whether two paths lead to one file, by whatever links; also where it is yet to be made.
  public static func areSame(_ left: String, _ right: String) -> Bool {
    var (one, other) = (stat(), stat())
    if stat(left, &one) == 0, stat(right, &other) == 0 {
      return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }
    return resolved(left) == resolved(right)
  }

  /// What a symbolic link holds; nil where there is none.
  private static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }
}
