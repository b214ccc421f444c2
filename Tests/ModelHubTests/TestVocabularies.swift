import ModelHub
import Support
import Foundation
import Testing

import Tokenizers

/// The official vocabulary files for tests that need them.
enum TestVocabularies {
  /// Returns the file of a family, or nil after a line that says what is not run; with CI=true its lack is a failure.
  static func location(_ family: VocabularyFamily, suite: String) throws -> VocabularyLocation? {
    if let location = try VocabularyStore().search(family).location {
      return location
    }
    let reason = "not run: \(suite): no \(family.rawValue) vocabulary; get it with `tokenstats tokenizers fetch`"
    print(reason)
    if ProcessInfo.processInfo.environment["CI"] == "true" {
      Issue.record("\(reason)")
    }
    return nil
  }
}
