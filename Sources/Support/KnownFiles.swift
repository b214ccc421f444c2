/// Remembers what was found out by reading whole files, for as long as the files stay as they are.
///
/// One small text file for each file known. All of them may be deleted at any time. What others could have written is not
/// believed.
public struct KnownFiles: Sendable {
  /// The folder of the text files.
  public let directory: String

  private var folder: PrivateFolder { PrivateFolder(directory) }

  /// Remembers in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// What was found out about the file with this stamp; nil where nothing is remembered or the file has changed.
  public func fact(about stamp: FileStamp) -> String? {
    guard let name = try? name(of: stamp), let bytes = folder.open(name)?.read() else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return fields.count == 3 && fields[0] == Self.line(stamp) ? String(fields[1]) : nil
  }

  /// Remembers what was found out about the file under `path` since its stamp was taken.
  ///
  /// Does nothing where the file changed since then or shortly before, or where the folder cannot be written to: then it is
  /// found out anew the next time.
  public func remember(_ fact: String, about path: String, since stamp: FileStamp) {
    guard stamp.wasSettled, FileStamp(path) == stamp else { return }
    let text = Array("\(Self.line(stamp))\n\(fact)\n".utf8)
    try? folder.write(text.span.bytes, as: name(of: stamp), isDurable: false)
  }

  private func name(of stamp: FileStamp) throws(FileError) -> FileName {
    try FileName("\(stamp.device)-\(stamp.inode)")
  }

  private static func line(_ stamp: FileStamp) -> String { "\(stamp.size) \(stamp.modified) \(stamp.changed)" }
}
