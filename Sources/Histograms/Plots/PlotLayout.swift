/// How a dataset's plot tells its groups apart.
public enum PlotLayout: String, Sendable, CaseIterable {
  /// A small histogram for each group, one under the other on a common axis.
  case rows
  /// A line of summaries for each group, under one histogram of stacked bars.
  case stacked
}
