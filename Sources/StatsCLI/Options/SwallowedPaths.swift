import ArgumentParser
import ModelHub
import Support

/// Options of several values take all that follows, data too where it stands behind them.
enum SwallowedPaths {
  /// Refuses a path among the values of an option, with the order that is meant.
  ///
  /// - Parameters:
  ///   - option: the option as it is written.
  ///   - values: its values.
  ///   - kind: what the values are.
  ///   - isKnown: whether a value is certainly one of these.
  static func check(
    _ option: String, _ values: [String], kind: String, isKnown: (String) -> Bool = { _ in false }
  ) throws {
    // The option needs a value of its own, which cannot be a mistake.
    let paths = values.dropFirst().filter { !isKnown($0) && Files.exists($0) }
    guard let path = paths.first else { return }
    let others = values.filter { !paths.contains($0) }.joined(separator: " ")
    throw ValidationError(
      "\(option) takes \(path), which is there, for a \(kind): name data before it, as in "
        + "\(paths.joined(separator: " ")) \(option) \(others).")
  }

  /// Refuses a path among the models of `--models`.
  static func check(models: [String]) throws {
    try check("--models", models, kind: "model", isKnown: { ModelRegistry.names.contains($0) })
  }
}
