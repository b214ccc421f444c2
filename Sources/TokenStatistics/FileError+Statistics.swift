public import Support

extension FileError {
  /// A statistics document or checkpoint that neither this program nor its predecessor has written.
  static func damaged(path: String, reason: String) -> FileError {
    FileError(
      .damaged, path: path, reason,
      sentence: "\(path) is damaged: \(reason); it was left untouched: repair it, move it away or name another file")
  }

  /// A document of a newer schema.
  static func laterSchema(path: String, version: Int) -> FileError {
    FileError(
      .unsupported, path: path, "schema version \(version)",
      sentence: "\(path) has schema version \(version), this program writes \(StatisticsDocument.schemaVersion): "
        + "use a later version of tokenstats or name another file")
  }

  /// A document that was counted with other settings than the present run has; the reason names them.
  static func conflict(path: String, conflicts: [SettingConflict]) -> FileError {
    let reason = conflicts.map(\.description).joined(separator: "; ")
    return FileError(
      .conflict, path: path, reason,
      sentence: "\(path) was counted with other settings: \(reason); use the same settings, name another file, or give "
        + "--force")
  }

  /// Two documents that both hold a dataset, with different numbers.
  static func contradiction(dataset: String, paths: [String]) -> FileError {
    FileError(
      .damaged, path: paths.last ?? "", "\(dataset) has different numbers",
      sentence: "\(dataset) has different numbers in \(paths.joined(separator: " and ")): "
        + "count it again or leave one of the files out")
  }

  /// Two documents whose parts of a source do not go together.
  static func unmergeable(dataset: String, path: String, reason: String) -> FileError {
    FileError(
      .damaged, path: path, reason,
      sentence: "\(path): the parts of \(dataset) do not go with those of the files before it: \(reason)")
  }

  /// The exact counts of a dataset are not beside its statistics.
  public static func lostCounts(of dataset: String, in store: CheckpointStore) -> FileError {
    FileError(
      "read", store.folder,
      reason: "the exact lengths of \(dataset) are not there; count it again with 'tokenstats analyze'")
  }

  /// A field of a stored document that is missing or of another type.
  ///
  /// - Parameters:
  ///   - field: The field's place in the document, such as `scores.3.pos.lengths`; empty for the document itself.
  ///   - reason: What is wrong with it.
  init(field: String, reason: String) {
    self.init(.damaged, field.isEmpty ? reason : "\(field): \(reason)")
  }
}
