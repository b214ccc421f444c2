public import Datasets
public import JSON
import PersonaData
public import Support
import TokenStatistics

/// The datasets that a folder of plots was drawn of, as far as the plots' names tell.
public struct PlotListing: Sendable {
  /// The datasets with their plots' paths, sorted by name.
  public let entries: [(name: DatasetName, path: String)]
  /// Plots whose names are no names of datasets, each with the reason.
  public let notices: [String]

  /// Reads the names of the PNG files in a folder.
  ///
  /// - Throws: `FileError` if the folder cannot be read.
  public init(folder: String) throws(FileError) {
    var entries: [(name: DatasetName, path: String)] = []
    var notices: [String] = []
    for file in try Files.list(folder).sorted() where file.hasSuffix(".png") {
      do throws(InputError) {
        entries.append((try DatasetName(parsing: String(file.dropLast(4))), Files.join(folder, file)))
      } catch {
        notices.append("\(Files.join(folder, file)) is passed over: \(error.description)")
      }
    }
    self.entries = entries
    self.notices = notices
  }

  /// The list as a document of its own, which no reader can take for statistics; paths are relative to `folder`.
  public func document(relativeTo folder: String) -> JSONValue {
    let list = entries.map { name, path in
      let filters = name.filters
      return JSONValue.object(
        JSONObject(
          [
            ("dataset", .string(name.description)), ("model", .string(name.model)),
            ("type", .string(name.kind.rawValue)), ("name", .string(name.name)),
          ] + name.identity.attributes.map { ($0.key, .string($0.value)) } + [
            ("min_score", filters.minimumScore.map(JSONValue.score) ?? .null),
            ("max_score", filters.maximumScore.map(JSONValue.score) ?? .null),
            ("label", filters.label.map(JSONValue.string) ?? .null),
            ("plot", .string(Files.relative(path, to: folder))),
          ]))
    }
    return .object(
      JSONObject([
        ("holds_statistics", .bool(false)),
        (
          "note", .string("Rebuilt from the names of pictures: it holds no statistics. tokenstats analyze counts them.")
        ),
        ("entries", .array(list)),
      ]))
  }
}
