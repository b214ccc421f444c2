import CReportAssets
import Support
import TokenStatistics

/// The report as one HTML file that needs nothing else: style, scripts and data are inside.
struct ReportPage {
  let runs: [StatisticsRun]
  /// For each run, the lines of a trainer's configuration by dataset; empty for none.
  var configurations: [[TextKey: [String]]] = []
  let title: String
  let generator: String

  /// The page, whose links to plots start from its folder.
  ///
  /// The policy in the page lets a browser run the one script and apply the one style sheet whose checksums it names,
  /// and load plots; a script that came in with a name would not run even if escaping failed.
  func render(_ paths: ReportPaths, showsSamples: Bool = false) throws(FileError) -> [UInt8] {
    let style = bytes(of: report_page_style())
    let script = bytes(of: report_page_script())
    let data = ReportData(
      runs, configurations: configurations, paths: paths, showsSamples: showsSamples, generator: generator)
    var html = HTMLWriter()
    try html.write(
      template: bytes(of: report_page_template()),
      values: [
        "title": .text(title), "generator": .text(generator), "models": .markup(models),
        "style": .markup(style), "styleChecksum": .text(Self.checksum(style)),
        "script": .markup(script), "scriptChecksum": .text(Self.checksum(script)),
        "data": .json(data.serialized()),
      ])
    return html.bytes
  }

  /// The rows of the table that replaces the page if scripts are switched off.
  private var models: [UInt8] {
    var totals: [(model: String, datasets: Int, conversations: Int, tokens: Int)] = []
    for dataset in runs.flatMap(\.datasets) where dataset.original == nil {
      let model = dataset.identity.model
      let index = totals.firstIndex { $0.model.hasSameBytes(as: model) } ?? totals.count
      if index == totals.count { totals.append((model, 0, 0, 0)) }
      totals[index].datasets += 1
      totals[index].conversations += dataset.all.conversations
      totals[index].tokens += dataset.all.tokens
    }
    var html = HTMLWriter()
    for total in totals {
      html.write(markup: "      <tr><th scope=\"row\">")
      html.write(text: total.model)
      html.write(markup: "</th>")
      for number in [total.datasets, total.conversations, total.tokens] {
        html.write(markup: "<td>")
        html.write(text: NumberFormat.grouped(number))
        html.write(markup: "</td>")
      }
      html.write(markup: "</tr>\n")
    }
    return html.bytes
  }

  private static func checksum(_ text: [UInt8]) -> String {
    "sha256-" + Base64.encode(SHA256Digest.of(text.span.bytes).bytes)
  }

  private func bytes(of asset: ReportAsset) -> [UInt8] {
    Array(UnsafeBufferPointer(start: asset.bytes, count: asset.count))
  }
}
