import Testing

@testable import ColumnarFiles

@Test func placeholder() {}
