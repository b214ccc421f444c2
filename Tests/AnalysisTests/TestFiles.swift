import ModelHub
import Support
import Foundation
import JSON
import Testing
import Tokenizers

@testable import Analysis

/// Files outside the tests' folder that some tests need.
enum TestFiles {
  /// The folder of the package.
  static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

  /// A path in the folder of golden values beside the repository; nil, after one line that says so, where it is missing.
  static func shared(_ name: String, suite: String) -> String? {
    let environment = ProcessInfo.processInfo.environment
    let folder = environment["TOKENSTATS_SHARED"] ?? Files.join(Files.parent(of: package), "shared")
    if Files.isDirectory(folder) { return Files.join(folder, name) }
    return missing("../shared is not here", suite: suite)
  }

  /// The tokenizer of a family; nil, after one line that says so, where its vocabulary is not on this machine.
  static func tokenizer(_ family: VocabularyFamily, suite: String) throws -> Tokenizer? {
    if let tokenizer = try loaded[family]?.get() { return tokenizer }
    return missing("no \(family.rawValue) vocabulary; get it with `tokenstats tokenizers fetch`", suite: suite)
  }

  /// Whether all vocabularies are on this machine.
  static func haveTokenizers(suite: String) throws -> Bool {
    try VocabularyFamily.allCases.allSatisfy { try tokenizer($0, suite: suite) != nil }
  }

  /// A tokenizer loader for analyses, for machines where ``haveTokenizers(suite:)`` is true.
  static let loader: DatasetAnalysis.TokenizerLoader = { model, family in
    try #require(try loaded[family]?.get())
  }

  private static let loaded: [VocabularyFamily: Result<Tokenizer?, any Error>] = {
    var loaded: [VocabularyFamily: Result<Tokenizer?, any Error>] = [:]
    for family in VocabularyFamily.allCases {
      loaded[family] = Result {
        try VocabularyStore().search(family).location.map { try Tokenizer(family: family, path: $0.path) }
      }
    }
    return loaded
  }()

  /// The lines of a file of JSON lines.
  static func lines(_ path: String) throws -> [JSONValue] {
    try Files.read(path).split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
  }

  private static func missing<Value>(_ reason: String, suite: String) -> Value? {
    print("not run: \(suite): \(reason)")
    if ProcessInfo.processInfo.environment["CI"] == "true" { Issue.record("\(suite): \(reason)") }
    return nil
  }
}
