import TokenStatistics

/// The last line of a picture: what was counted, how, and by which version.
struct FooterPanel {
  let provenance: Provenance

  private static let baseline = 784
  private static let shownRevision = 7
  private static let shownTemplateHash = 8
  static let shownDataHash = 12

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
    try Self.lay(text, into: &sketch)
  }

  /// Places `text` as the last line, cut where it is too long.
  static func lay(_ text: String, into sketch: inout PlotSketch) throws(PlotError) {
    let line = try sketch.fonts.fitted(
      text, style: .footer, smallest: TextStyle.footer.size, maximum: PlotPage.right - PlotPage.margin)
    try sketch.text(line, .text, x: PlotPage.margin, baseline: baseline)
  }

  /// The line: parts that are not known are left out.
  var text: String {
    var parts: [String] = []
    if !provenance.tokenizer.isEmpty {
      let revision = provenance.revision.prefix(Self.shownRevision)
      parts.append(provenance.tokenizer + (revision.isEmpty ? "" : "@\(revision)"))
    }
    if !provenance.templateHash.isEmpty {
      parts.append("template \(provenance.templateHash.prefix(Self.shownTemplateHash))")
    }
    parts.append("count mode \(provenance.countMode.rawValue)")
    if !provenance.dataHash.isEmpty { parts.append("data \(provenance.dataHash.prefix(Self.shownDataHash))") }
    parts.append("tokenstats \(provenance.toolVersion)")
    return parts.joined(separator: " · ")
  }
}
