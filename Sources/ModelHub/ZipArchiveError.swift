/// Why a member cannot be read from a ZIP archive.
public enum ZipArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The bytes are no ZIP archive, or are cut off.
  case notAnArchive
  /// The archive has no member of this name.
  case noMember(String)
  /// The entry of a member contradicts the archive, or its data are damaged.
  case damagedMember(String)
  /// A member uses a feature that the reader lacks.
  case unsupported(String, feature: String)

  /// What is wrong, as it reads after the name of the archive.
  public var description: String {
    switch self {
    case .notAnArchive: "it is no ZIP archive, or it is cut off"
    case .noMember(let name): "it holds no \(name)"
    case .damagedMember(let name): "its member \(name) is damaged"
    case .unsupported(let name, let feature): "its member \(name) uses \(feature), which is not supported"
    }
  }
}
