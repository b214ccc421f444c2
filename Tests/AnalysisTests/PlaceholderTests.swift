import Testing

@testable import Analysis

@Test func placeholder() {}
