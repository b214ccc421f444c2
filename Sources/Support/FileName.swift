/// The name of a file or folder in another folder: one component of a path, whatever text it was made of.
///
/// Names that come from data (datasets, parts of a split, data files that `state.json` lists) become paths through this
/// type only, so that none leads out of its folder.
///
///     let name = try FileName(dataset, suffix: ".json")
///     let path = name.path(in: folder)
public struct FileName: Sendable, Hashable, CustomStringConvertible {
  /// The name.
  public let description: String

  /// The most bytes that file systems of Linux take (`NAME_MAX`).
  public static let maximumBytes = 255

  /// Checks a name.
  ///
  /// - Parameters:
  ///   - text: the name, or its beginning.
  ///   - suffix: what is put after it, such as `.json`.
  /// - Throws: `FileError` that says why no file can have this name.
  public init(_ text: String, suffix: String = "") throws(FileError) {
    if let reason = Self.fault(of: text, suffix: suffix) {
      throw FileError("use \"\(text)\" as", "a file name", reason: reason)
    }
    description = text + suffix
  }

  /// Checks a name, and shortens one that would be longer than file systems take: the beginning of the text, a hyphen and 16
  /// digits of the whole text's SHA-256, so that different names stay different.
  ///
  /// - Throws: `FileError` that says why no file can have this name.
  public init(shortening text: String, suffix: String = "") throws(FileError) {
    try self.init(Self.shortened(text, toBytes: Self.maximumBytes - suffix.utf8.count), suffix: suffix)
  }

  /// A text of at most so many bytes: itself, or its beginning, a hyphen and 16 digits of its SHA-256.
  static func shortened(_ text: String, toBytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let digest = SHA256Digest.of(Array(text.utf8).span.bytes).hex.prefix(16)
    var kept = text.unicodeScalars[...]
    while kept.utf8Count > limit - digest.utf8.count - 1, !kept.isEmpty { kept.removeLast() }
    return "\(String(kept))-\(digest)"
  }

  /// The path of the entry of this name in a folder.
  public func path(in folder: String) -> String {
    folder.isEmpty ? "./" + description : Files.join(folder, description)
  }

  /// Why a text cannot be a name; nil if it can.
  private static func fault(of text: String, suffix: String) -> String? {
    let name = (text + suffix).utf8
    if text.isEmpty { return "it is empty" }
    if name.contains(UInt8(ascii: "/")) { return "it holds a slash" }
    if name.contains(0) { return "it holds a NUL byte" }
    if text == "." || text == ".." { return "it names a folder's own or upper entry" }
    return name.count > maximumBytes ? "with its ending it has more than \(maximumBytes) bytes" : nil
  }
}

extension Files {
  /// The path of a hidden entry beside another, such as `.NAME.unfinished`, whose name is shortened if it is too long.
  ///
  /// - Parameter ending: what comes after the name, without its full stop.
  public static func hidden(beside path: String, ending: String) -> String {
    let limit = FileName.maximumBytes - 2 - ending.utf8.count
    return join(parent(of: path), ".\(FileName.shortened(lastComponent(path), toBytes: limit)).\(ending)")
  }
}

extension Substring.UnicodeScalarView {
  fileprivate var utf8Count: Int { reduce(0) { $0 + UTF8.width($1) } }
}
