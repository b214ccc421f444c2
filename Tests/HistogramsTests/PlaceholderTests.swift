import Testing

@testable import Histograms

@Test func placeholder() {}
