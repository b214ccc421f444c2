import CTokenstats
import Testing

@testable import Library

/// What callers may rely on whatever they call.
struct VersionTests {
  @Test("the library says the version of the header that it was built with")
  func version() {
    #expect(abiVersion() == Int32(TS_ABI_VERSION))
  }
}
