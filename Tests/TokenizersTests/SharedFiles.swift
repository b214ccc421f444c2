import Support
import Foundation
import Testing

/// The golden files beside the repository.
enum SharedFiles {
  /// The folder; nil where it is not on this machine.
  static let folder: String? = {
    let beside = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared").standardized
    let path = ProcessInfo.processInfo.environment["TOKENSTATS_SHARED"] ?? beside.path
    return Files.isDirectory(path) ? path : nil
  }()

  /// The rows of a file of JSON lines; nil, with a note, where the folder is not here. With CI=true that is a failure.
  ///
  /// Foundation decodes them, so that nothing of this package stands between the file and the test.
  static func rows<Row: Decodable>(_ name: String, as type: Row.Type, suite: String) throws -> [Row]? {
    try text(name, suite: suite)?.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(type, from: $0) }
  }

  /// The contents of a file; nil, with a note, where the folder is not here. With CI=true that is a failure.
  static func text(_ name: String, suite: String) throws -> Data? {
    guard let folder else {
      print("not run: \(suite): ../shared is not here")
      if ProcessInfo.processInfo.environment["CI"] == "true" { Issue.record("\(suite): ../shared is not here") }
      return nil
    }
    return Data(try Files.read(folder + "/" + name))
  }
}
