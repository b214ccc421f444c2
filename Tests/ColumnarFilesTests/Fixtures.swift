import Foundation

/// The files that `Scripts/make_columnar_fixtures.py` writes.
enum Fixtures {
  static let folder = (Bundle.module.resourcePath ?? ".") + "/Fixtures"

  static func path(_ name: String) -> String { folder + "/" + name }

  /// Names of the files that begin so, in order.
  static func names(_ prefix: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix(prefix) && ($0.hasSuffix(".arrow") || $0.hasSuffix(".parquet"))
    }.sorted()
  }

  /// The rows that every file `table*` holds.
  static func rows() throws -> [String] {
    let text = try String(contentsOfFile: path("rows.jsonl"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }
}
