import FileStore
import Histograms
import TokenStatistics

/// Draws what `compare` shows: a picture for each persona, and an overview of each model's roles and traits.
struct ComparisonPictures {
  /// The folder of the pictures.
  let folder: String
  /// The file format.
  let format: ChartFormat

  /// Draws everything on the scales of `all` datasets and returns the paths.
  func draw(
    _ comparisons: [ModelComparison], overviews datasets: [DatasetProfile], scalesOf all: [DatasetProfile]
  ) throws -> [String] {
    try Files.makeDirectories(folder)
    do {
      var renderer = try ChartRenderer(fonts: try .located())
      let scales = ChartScales(profiles: all)
      var paths: [String] = []
      for comparison in comparisons {
        let persona = PersonaComparison(
          type: comparison.type, name: comparison.name, profiles: comparison.profiles)
        let pages = try renderer.renderComparison(persona, scales: scales, format: format)
        for (index, page) in pages.enumerated() {
          paths.append(try write(page, index == 0 ? persona.fileStem : "\(persona.fileStem)-\(index + 1)"))
        }
      }
      let groups = Dictionary(grouping: datasets) { "\($0.model)__\($0.type.rawValue)s" }
      for (name, profiles) in groups.sorted(by: { $0.key < $1.key }) {
        let title = profiles.first.map { "\($0.model) · \($0.type.rawValue)s" } ?? name
        let sheet = try renderer.renderContactSheet(title: title, profiles: profiles, scales: scales, format: format)
        paths.append(try write(sheet, "contact_sheet__\(name)"))
        let map = try renderer.renderHeatMap(title: title, profiles: profiles, scales: scales, format: format)
        paths.append(try write(map, "heat_map__\(name)"))
      }
      return paths
    } catch let error as ChartError {
      throw CommandFailure(error.description)
    }
  }

  private func write(_ bytes: [UInt8], _ stem: String) throws(FileError) -> String {
    let path = Files.join(folder, "\(stem).\(format.rawValue)")
    try AtomicFile.write(bytes, to: path)
    return path
  }
}
