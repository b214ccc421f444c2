import ArgumentParser
import Histograms
import Support

/// Where pictures go and what they look like.
struct PlotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder of the pictures; default: persona_token_plots.", valueName: "dir"),
    completion: .directory)
  var outputPlots: String?

  @Option(help: "What pictures show: lengths and scores, or the two bar charts of the original script.")
  var plotStyle = PlotStyle.standard

  @Option(help: "How pictures tell scores apart: a histogram for each, or one of stacked bars.")
  var plotLayout = PlotLayout.rows

  @OptionGroup var file: PictureFileOptions

  @Option(help: ArgumentHelp("Fix the lengths that histograms show, as in 64:2048.", valueName: "from:to"))
  var plotDomain: String?

  @Flag(help: "Record absolute paths of pictures, not paths relative to the statistics file.")
  var absolutePlotPaths = false

  /// What draws. Fonts are looked for here, before anything is counted.
  func batch(workspace: WorkspaceOptions, jobs: Int) throws(CommandFailure) -> PlotBatch {
    _ = try domain()
    do {
      return PlotBatch(
        folder: outputPlots ?? workspace.plots, format: file.plotFormat, scale: file.plotScale,
        fonts: try .located(), jobs: jobs)
    } catch {
      throw CommandFailure(error.description)
    }
  }

  /// Makes the folder of the plots where it is missing.
  func prepare(_ batch: PlotBatch) throws(CommandFailure) {
    do { try batch.prepare() } catch { throw CommandFailure(error.description) }
  }

  /// The fixed domain, if there is one.
  func domain() throws(CommandFailure) -> LengthDomain? {
    guard let plotDomain else { return nil }
    do {
      return try LengthDomain(parsing: plotDomain)
    } catch {
      throw CommandFailure("--plot-domain: \(error.description)", status: .usage)
    }
  }
}

/// The pictures of a command whose work is another.
struct OptionalPlotOptions: ParsableArguments {
  @OptionGroup var pictures: PlotOptions

  @Flag(help: "Draw no pictures.")
  var noPlots = false

  /// What draws; `nil` if nothing is to be drawn.
  func batch(workspace: WorkspaceOptions, jobs: Int) throws(CommandFailure) -> PlotBatch? {
    noPlots ? nil : try pictures.batch(workspace: workspace, jobs: jobs)
  }
}

/// What the files of pictures are.
struct PictureFileOptions: ParsableArguments {
  @Option(help: "The pictures' file format.")
  var plotFormat = PlotFormat.png

  @Option(
    help: ArgumentHelp(
      "Pixels for each one of a picture, \(PlotRenderer.scales.lowerBound) to \(PlotRenderer.scales.upperBound): 2 suits slides.",
      valueName: "n"))
  var plotScale = 1

  func validate() throws {
    guard PlotRenderer.scales.contains(plotScale) else {
      throw ValidationError(
        "--plot-scale is a number from \(PlotRenderer.scales.lowerBound) to \(PlotRenderer.scales.upperBound).")
    }
  }
}
