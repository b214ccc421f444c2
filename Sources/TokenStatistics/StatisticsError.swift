public import Support

/// Why statistics could not be read, updated or written.
public enum StatisticsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file could not be read or written.
  case file(FileError)
  /// A statistics document that neither this program nor its predecessor has written.
  case damaged(path: String, reason: String)
  /// A document of a newer schema.
  case laterSchema(path: String, version: Int)
  /// A document that was counted with other settings than the present run has.
  case conflict(path: String, conflicts: [SettingConflict])
  /// Two documents that both hold a dataset, with different numbers.
  case contradiction(dataset: String, paths: [String])

  /// One line that says what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .damaged(let path, let reason):
      "\(path) is damaged: \(reason); it was left untouched: repair it, move it away or name another file"
    case .laterSchema(let path, let version):
      "\(path) has schema version \(version), this program writes \(StatisticsDocument.schemaVersion): "
        + "use a later version of tokenstats or name another file"
    case .conflict(let path, let conflicts):
      "\(path) was counted with other settings: " + conflicts.map(\.description).joined(separator: "; ")
        + "; use the same settings, name another file, or give --force"
    case .contradiction(let dataset, let paths):
      "\(dataset) has different numbers in \(paths.joined(separator: " and ")): "
        + "count it again or leave one of the files out"
    }
  }
}
