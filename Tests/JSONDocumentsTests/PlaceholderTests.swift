import Testing

@testable import JSONDocuments

@Test func placeholder() {}
