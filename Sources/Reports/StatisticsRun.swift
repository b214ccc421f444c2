import Support
public import TokenStatistics

/// One statistics file with everything in it that a report shows.
public struct StatisticsRun: Sendable {
  /// The file's path as it was given.
  public let path: String
  /// What the numbers were counted with; nil for a file of the original program.
  public let settings: RunSettings?
  /// The edges of the histograms, ascending; empty where the file has none.
  public let binEdges: [Int]
  /// When the file was written, in ISO 8601; nil where it does not tell.
  public let timestamp: String?
  /// The commit the file was made at; nil where it does not tell.
  public let gitSHA: String?
  /// What failed while the file was made, as `NAME: message`.
  public let errors: [String]
  /// The datasets, sorted by name.
  public let datasets: [DatasetSummary]

  /// The length limits in tokens, ascending.
  public var limits: [Int] {
    settings?.limits ?? Set(datasets.flatMap(\.limits.keys)).sorted()
  }

  /// Reads a statistics file of schema 2, or one of the original program.
  ///
  /// - Throws: ``ReportError/missing(path:)`` or ``ReportError/statistics(_:)``.
  public static func load(_ path: String) throws(ReportError) -> StatisticsRun {
    do {
      guard let document = try StatisticsDocument.load(path) else { throw ReportError.missing(path: path) }
      return StatisticsRun(
        path: path, settings: try document.settings(), binEdges: document.binEdges ?? [],
        timestamp: document.timestamp, gitSHA: document.gitSHA, errors: document.errors,
        datasets: try document.summaries())
    } catch let error as StatisticsError {
      throw .statistics(error)
    } catch let error as ReportError {
      throw error
    } catch {
      throw .template(reason: "\(error)")
    }
  }
}

extension Sequence<StatisticsRun> {
  /// The keys of the datasets' attributes, in the order in which they first occur.
  var attributeKeys: [String] {
    var known: Set<TextKey> = []
    var keys: [String] = []
    for attribute in lazy.flatMap(\.datasets).flatMap(\.identity.attributes)
    where known.insert(TextKey(attribute.key)).inserted {
      keys.append(attribute.key)
    }
    return keys
  }
}
