import Testing

@testable import FileStore

@Test func placeholder() {}
