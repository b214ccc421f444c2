import Testing

@testable import PersonaDatasets

@Test func placeholder() {}
