import Foundation
import Testing

/// The committed datasets of the tests.
enum Fixtures {
  static func folder() throws -> String {
    try #require(Bundle.module.path(forResource: "datasets", ofType: nil, inDirectory: "Fixtures"))
  }

  static func dataset(_ name: String) throws -> String { try folder() + "/" + name }
}
