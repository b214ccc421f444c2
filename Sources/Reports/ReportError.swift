public import Support
public import TokenStatistics

/// Why a report could not be made.
public enum ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file could not be read or written.
  case file(FileError)
  /// A statistics file could not be used.
  case statistics(StatisticsError)
  /// A statistics file that is not there.
  case missing(path: String)
  /// The page's template could not be rendered.
  case template(reason: String)
  /// A picture that cannot be shown.
  case picture(reason: String)

  /// What went wrong, where, and what to do.
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .statistics(let error):
      error.description
    case .missing(let path):
      "cannot read \(path): there is no such file; 'tokenstats analyze' writes one"
    case .template(let reason):
      "the page's template cannot be rendered: \(reason); this is a defect of the program"
    case .picture(let reason):
      "the picture cannot be shown: \(reason)"
    }
  }
}
