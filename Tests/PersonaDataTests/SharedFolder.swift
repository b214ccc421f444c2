import Foundation
import Testing

/// The folder with golden values beside the repository.
enum SharedFolder {
  /// The folder's path; nil, after one line that says so, where it is not there. With `CI=true` that is a failure.
  static func path(suite: String) -> String? {
    let environment = ProcessInfo.processInfo.environment
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = environment["TOKENSTATS_SHARED"] ?? root.deletingLastPathComponent().appending(path: "shared").path
    if FileManager.default.fileExists(atPath: path) { return path }
    print("not run: \(suite): ../shared is not here")
    if environment["CI"] == "true" { Issue.record("../shared is missing and CI is set") }
    return nil
  }
}
