import Testing

@testable import TokenStatistics

@Test func placeholder() {}
