import Foundation
import Testing

/// The reference data that stands beside the repository.
enum Shared {
  /// The folder, from `TOKENSTATS_SHARED` or beside the package.
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["TOKENSTATS_SHARED"].map { URL(filePath: $0) }
    let url = named ?? Program.packageFolder.deletingLastPathComponent().appending(path: "shared")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()

  /// Whether a suite can use the folder; says so if it cannot, and fails where everything must run.
  static func isHere(for suite: String) -> Bool {
    if folder != nil { return true }
    print("not run: \(suite): ../shared is not here")
    if ProcessInfo.processInfo.environment["CI"] == "true" {
      Issue.record("\(suite) must run here: ../shared is missing")
    }
    return false
  }

  /// The lines of a file of the folder.
  static func lines(_ path: String) throws -> [Substring] {
    let url = try #require(folder).appending(path: path)
    return try String(decoding: Data(contentsOf: url), as: UTF8.self).split(separator: "\n")
  }
}
