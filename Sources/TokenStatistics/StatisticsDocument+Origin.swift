import JSON

extension StatisticsDocument {
  /// When the document was written, in ISO 8601; nil where it does not tell.
  public var timestamp: String? { metadata["timestamp"]?.stringValue }

  /// The commit of the repository the run was started in; nil where the document does not tell or there was none.
  public var gitSHA: String? {
    metadata["git_sha"]?.stringValue.flatMap { $0 == "unknown" ? nil : $0 }
  }
}
