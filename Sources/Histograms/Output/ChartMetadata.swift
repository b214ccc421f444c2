import TokenStatistics

/// What a picture's file says about its origin: no time, host or path.
struct PlotMetadata: Sendable {
  /// What the picture shows.
  let title: String
  let texts: [PNGText]

  init(title: String, texts: [PNGText]) {
    self.title = title
    self.texts = texts.filter { !$0.text.isEmpty }
  }

  /// The metadata of one dataset's picture.
  init(_ profile: DatasetProfile) {
    let provenance = profile.provenance
    self.init(
      title: profile.dataset,
      texts: [
        PNGText(keyword: "Title", text: profile.dataset),
        PNGText(keyword: "Software", text: "tokenstats \(provenance.toolVersion)"),
        PNGText(keyword: "Tokenizer", text: provenance.tokenizer),
        PNGText(keyword: "Tokenizer revision", text: provenance.revision),
        PNGText(keyword: "Template hash", text: provenance.templateHash),
        PNGText(keyword: "Count mode", text: provenance.countMode.rawValue),
        PNGText(keyword: "Data hash", text: provenance.dataHash),
      ])
  }

  /// The metadata of a picture of several datasets.
  init(title: String, profiles: [DatasetProfile]) {
    let versions = Set(profiles.map(\.provenance.toolVersion)).sorted()
    self.init(
      title: title,
      texts: [
        PNGText(keyword: "Title", text: title),
        PNGText(keyword: "Software", text: versions.map { "tokenstats \($0)" }.joined(separator: ", ")),
      ])
  }
}
