import Analysis
import ReferenceExpectations

/// The rows of one model among the built-in expectations.
struct VerifiedSet {
  /// What the set is called in results.
  let name: String
  /// The model as the command line would name it.
  let model: String
  /// The chat formats that differ from the models' own.
  let templates: [String]
  /// Which rows belong to it.
  let rows: ReferenceExpectation.Model

  /// All sets in the order of the results.
  static let all = [
    VerifiedSet(name: "gemma-2-27b", model: "gemma-2-27b", templates: [], rows: .gemma),
    VerifiedSet(name: "llama-3.3-70b", model: "llama-3.3-70b", templates: [], rows: .llama),
    VerifiedSet(name: "qwen-3-32b", model: "qwen-3-32b", templates: [], rows: .qwen),
    VerifiedSet(name: "qwen-3-32b=qwen2.5", model: "qwen-3-32b", templates: ["qwen-3-32b=qwen2.5"], rows: .qwen25),
  ]
}
