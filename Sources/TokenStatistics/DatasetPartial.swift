/// The exact result of one finished dataset, from which everything else is computed.
public struct DatasetPartial: Sendable, Equatable {
  /// The version of the stored form.
  public static let formatVersion = 1

  /// The dataset's names.
  public var identity: DatasetIdentity
  /// What the numbers depend on.
  public var fingerprint: Fingerprint
  /// The file that was counted.
  public var source: SourceRecord
  /// The version of tokenstats that counted.
  public var toolVersion: String
  /// The exact counts.
  public var tally: DatasetTally

  /// Makes a partial result from its parts.
  public init(
    identity: DatasetIdentity, fingerprint: Fingerprint, source: SourceRecord, toolVersion: String, tally: DatasetTally
  ) {
    self.identity = identity
    self.fingerprint = fingerprint
    self.source = source
    self.toolVersion = toolVersion
    self.tally = tally
  }

  /// The dataset's entry in the statistics document, without a picture.
  public var summary: DatasetSummary { DatasetSummary(identity: identity, tally: tally, source: source) }

  /// What pictures and tables need to know about the dataset.
  public var profile: DatasetProfile {
    let options = fingerprint.options
    return DatasetProfile(
      dataset: identity.dataset, model: identity.model, type: identity.type, persona: identity.persona,
      scores: tally.scores,
      provenance: Provenance(
        tokenizer: options.tokenizer.hubID, revision: options.tokenizer.revision,
        templateHash: options.tokenizer.templateSHA256, countMode: options.countMode, dataHash: source.sha256,
        toolVersion: toolVersion),
      limits: options.limits)
  }
}
