import ArgumentParser
import Support
import Datasets
import PersonaData

/// Datasets that are named on the command line or in files, each with a choice among its rows.
struct DatasetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Datasets by name or path; DATASET:label=pos,min_score=3,max_score=3 takes a part of the rows. None for all.",
      valueName: "dataset"),
    completion: .file())
  var datasets: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read more datasets from a file, one a line, # for comments; may be repeated.", valueName: "file"),
    completion: .file())
  var names: [String] = []

  /// The selections in the order given; none where nothing was named.
  func selections() throws(CommandFailure) -> [DatasetSelection] {
    var selections: [DatasetSelection] = []
    for text in datasets { selections.append(try Self.selection(text)) }
    for path in names { selections += try Self.selections(inFile: path) }
    return selections
  }

  /// The selection that `text` means: a path that is there, whatever its name holds, or else a name with filters.
  static func selection(_ text: String) throws(CommandFailure) -> DatasetSelection {
    do throws(DatasetNameError) {
      return try Files.exists(text) ? DatasetSelection(dataset: text) : DatasetSelection(parsing: text)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
  }

  /// The selections that a file names, one at least.
  static func selections(inFile path: String) throws(CommandFailure) -> [DatasetSelection] {
    let listed: [DatasetSelection]
    do throws(DatasetNameError) {
      listed = try DatasetSelection.list(inFile: path)
    } catch {
      throw CommandFailure(error.description)
    }
    // No names must not mean all datasets.
    if listed.isEmpty { throw CommandFailure("\(path) names no dataset", status: .nothingMatched) }
    return listed
  }
}
