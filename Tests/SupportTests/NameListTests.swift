import Testing

@testable import Support

@Suite("Names in messages")
struct NameListTests {
  @Test("a few are all named, of many the first and their number")
  func short() {
    #expect(NameList.short(["a"]) == "a")
    #expect(NameList.short(["a", "b", "c", "d"]) == "a, b, c, d")
    #expect(NameList.short(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more")
    #expect(NameList.short((0..<2_000).map { "n\($0)" }) == "n0, n1, n2 and 1,997 more")
  }

  @Test("what is said of several names is one line, in the order of the first")
  func grouped() {
    let lines = [
      "b: passed over", "x: no", "a: passed over", "whole", "c: passed over", "d: passed over", "e: passed over",
    ]
    #expect(NameList.grouped(lines) == ["b, a, c and 2 more: passed over", "x: no", "whole"])
    #expect(NameList.grouped([]).isEmpty)
    #expect(NameList.grouped(["a: b: c", "d: b: c"]) == ["a, d: b: c"])
  }
}
