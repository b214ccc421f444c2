import CReportAssets
import Support
import TokenStatistics

/// The report as one HTML file that needs nothing else: style, scripts and data are inside.
struct ReportPage {
  let runs: [StatisticsRun]
  let title: String
  let generator: String

  /// The page for `folder`, from which its links to pictures start.
  ///
  /// The policy in the page lets a browser run the one script and apply the one style sheet whose checksums it names,
  /// and load pictures; a script that came in with a name would not run even if escaping failed.
  func render(folder: String) throws(ReportError) -> [UInt8] {
    let style = bytes(of: report_page_style())
    let script = bytes(of: report_page_script())
    let data = ReportData(runs, folder: folder, generator: generator)
    return try MustacheTemplate(bytes(of: report_page_template())).render([
      "title": .text(title), "generator": .text(generator), "models": .list(models),
      "style": .text(String(decoding: style, as: UTF8.self)),
      "styleChecksum": .text(Self.checksum(style)),
      "script": .text(String(decoding: script, as: UTF8.self)),
      "scriptChecksum": .text(Self.checksum(script)),
      "data": .text(String(decoding: data.serialized(), as: UTF8.self)),
    ])
  }

  /// The rows of the table that stands in for the page where scripts are switched off.
  private var models: [[String: TemplateValue]] {
    var totals: [(model: String, datasets: Int, conversations: Int, tokens: Int)] = []
    for dataset in runs.flatMap(\.datasets) {
      let model = dataset.identity.model
      let index = totals.firstIndex { $0.model.utf8.elementsEqual(model.utf8) } ?? totals.count
      if index == totals.count { totals.append((model, 0, 0, 0)) }
      totals[index].datasets += 1
      totals[index].conversations += dataset.all.conversations
      totals[index].tokens += dataset.all.tokens
    }
    return totals.map { total in
      [
        "model": .text(total.model), "datasets": .text(NumberFormat.grouped(total.datasets)),
        "conversations": .text(NumberFormat.grouped(total.conversations)),
        "tokens": .text(NumberFormat.grouped(total.tokens)),
      ]
    }
  }

  private static func checksum(_ text: [UInt8]) -> String {
    "sha256-" + Base64.encode(SHA256Digest.of(text.span.bytes).bytes)
  }

  private func bytes(of asset: ReportAsset) -> [UInt8] {
    Array(UnsafeBufferPointer(start: asset.bytes, count: asset.count))
  }
}
