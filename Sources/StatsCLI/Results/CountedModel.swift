import Counting

/// A model that `count` counts with: what renders rows, and what counts texts.
struct CountedModel {
  /// What the user calls the model.
  let name: String
  /// The model.
  let model: LoadedModel
  /// What counts texts.
  let pool: CountingPool
  /// What renders rows of JSONL.
  var renderer: RowRenderer

  /// - Parameter jobs: threads that count.
  init(name: String, model: LoadedModel, jobs: Int) {
    self.name = name
    self.model = model
    pool = CountingPool(tokenizer: model.tokenizer, jobs: jobs)
    renderer = model.renderer.map { RowRenderer($0) } ?? RowRenderer(textsOf: name)
  }
}
