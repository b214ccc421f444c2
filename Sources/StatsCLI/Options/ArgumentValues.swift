import PersonaData
public import Analysis
public import ArgumentParser
public import Histograms
public import TokenStatistics

// Values that options take by their raw names; all names stand in the help.

extension PlotFormat: ExpressibleByArgument {}
extension PlotStyle: ExpressibleByArgument {}
extension CountMode: ExpressibleByArgument {}
extension ErrorPolicy: ExpressibleByArgument {}
extension SplitSettings.Group: ExpressibleByArgument {}

extension SplitSettings.Stratum: ExpressibleByArgument {
  /// The words of the command line: what a dataset is about is a persona there.
  private var word: String {
    switch self {
    case .subject: PersonaNames.attribute
    case .score: rawValue
    }
  }

  /// Reads the word of the command line.
  public init?(argument: String) {
    guard let stratum = Self.allCases.first(where: { $0.word == argument }) else { return nil }
    self = stratum
  }

  /// The word of the command line.
  public var defaultValueDescription: String { word }

  /// All words of the command line.
  public static var allValueStrings: [String] { allCases.map(\.word) }
}
