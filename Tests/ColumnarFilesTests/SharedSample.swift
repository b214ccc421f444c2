import Foundation

/// The sample datasets beside the repository.
enum SharedSample {
  /// The folder of the samples, nil where it is not there.
  static func folder(for suite: String, file: String = #filePath) -> String? {
    let environment = ProcessInfo.processInfo.environment
    let root = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("../../..").standardized
    let shared = environment["TOKENSTATS_SHARED"] ?? root.appendingPathComponent("shared").path
    let folder = shared + "/corpus/sample"
    if FileManager.default.fileExists(atPath: folder) { return folder }
    print("not run: \(suite): ../shared is not here")
    return nil
  }

  /// Whether a missing sample is a failure.
  static var isRequired: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }
}
