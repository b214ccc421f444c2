import Testing

@testable import Support

@Suite("Lines of failures")
struct FailureLinesTests {
  @Test("what is the same of many datasets is one line, other columns of theirs aside")
  func grouped() {
    let missing = { (name: String, others: String) in
      InputError(.unreadable, dataset: name, "column labl is missing; the columns are \(others)")
    }
    let other = InputError(.unreadable, dataset: "x", "column labl is no text")
    let failures = [missing("a", "role"), other, missing("b", "trait"), missing("c", "role")]
    #expect(
      InputError.lines(of: failures) == [
        "3 datasets, such as a: column labl is missing; the columns are role", "x: column labl is no text",
      ])
    // Of two datasets each has a line, which stand together.
    #expect(
      InputError.lines(of: [failures[0], other, failures[2]]) == [
        failures[0].description, failures[2].description, other.description,
      ])
    #expect(InputError.lines(of: []).isEmpty)
  }
}
