public import Foundation
public import JSON
import Testing

/// The reference data beside the repository: golden values, samples, models.
public enum SharedFolder {
  /// The folder of the package.
  public static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The folder, from `TOKENSTATS_SHARED` or beside the package; nil where it is not there.
  public static let path: String? = {
    let beside = URL(filePath: package).deletingLastPathComponent().appending(path: "shared").path
    let path = ProcessInfo.processInfo.environment["TOKENSTATS_SHARED"] ?? beside
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// The path of an entry of the folder; nil, after one line that says so, where the folder is not there.
  ///
  /// With `CI=true` that is a failure.
  public static func path(_ name: String = "", suite: String) -> String? {
    guard let path else {
      NotRun.report(suite, "../shared is not here")
      return nil
    }
    return name.isEmpty ? path : "\(path)/\(name)"
  }

  /// The contents of a file of the folder; nil, after one line that says so, where the folder is not there.
  public static func data(_ name: String, suite: String) throws -> Data? {
    try path(name, suite: suite).map { try Data(contentsOf: URL(filePath: $0)) }
  }

  /// The lines of a file of the folder; nil, after one line that says so, where the folder is not there.
  public static func lines(_ name: String, suite: String) throws -> [Data]? {
    try data(name, suite: suite)?.split(separator: UInt8(ascii: "\n"))
  }

  /// The rows of a file of JSON lines; nil, after one line that says so, where the folder is not there.
  ///
  /// Foundation decodes them, so that nothing of this package stands between the file and the test.
  public static func rows<Row: Decodable>(_ name: String, as type: Row.Type, suite: String) throws -> [Row]? {
    try lines(name, suite: suite)?.map { try JSONDecoder().decode(type, from: $0) }
  }
}

/// What a test says where something is missing that it needs.
public enum NotRun {
  /// Prints one line that says what is not run and why. With `CI=true` that is a failure.
  public static func report(_ suite: String, _ reason: String) {
    print("not run: \(suite): \(reason)")
    if ProcessInfo.processInfo.environment["CI"] == "true" { Issue.record("\(suite) must run here: \(reason)") }
  }
}

/// The values of a file of JSON lines.
public func jsonLines(of path: String) throws -> [JSONValue] {
  try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
}
