import Testing

@testable import ChatTemplates

@Test func placeholder() {}
