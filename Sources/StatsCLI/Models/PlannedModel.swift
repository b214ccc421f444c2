import ModelHub
import Support

/// A model that is not on this machine, where only what would be done is asked for.
struct PlannedModel: Sendable {
  /// What the user calls the model.
  let name: String
  /// The model's part in the names of datasets.
  let datasetName: String
  /// What would be fetched, as a sentence.
  let plan: String
}

extension ModelSelector {
  /// What would be fetched of a model; nil where it is here, or where it would not come to that.
  ///
  /// Why it would not is said by whatever looks for the model then.
  func plannedModel(named name: String) -> PlannedModel? {
    guard !ModelRegistry.names.contains(name), !Files.exists(name) else { return nil }
    if case .file = ModelReference(name) { return nil }
    if case .folder = ModelReference(name) { return nil }
    if let model = try? model(named: name) {
      let origin = model.format.model
      guard model.hub != nil, (try? model.vocabularies.search(origin.tokenizer))?.location == nil else { return nil }
      // The repository may have gone on since the revision whose file is built in.
      let plans = ["", "@\(origin.revision)"].lazy.compactMap {
        plan(of: try? HubReference(origin.hubID + $0, kind: .model))
      }
      return plans.first.map { PlannedModel(name: name, datasetName: model.name, plan: $0) }
    }
    var reference = try? HubReference(name, kind: .model)
    if !name.contains("/") { reference = Self.isSlip(name) ? nil : Self.ownerlessReference(name) }
    guard let reference, let plan = plan(of: reference) else { return nil }
    return PlannedModel(name: name, datasetName: reference.repository.dashedName, plan: plan)
  }

  /// What would be fetched of a model of the hub.
  private func plan(of reference: HubReference?) -> String? {
    guard let reference else { return nil }
    do throws(InputError) {
      _ = try hub.client().model(reference)
      return nil
    } catch {
      guard let failure = error.hubFailure, failure.kind == .planned else { return nil }
      return failure.description
    }
  }
}
