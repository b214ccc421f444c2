import ColumnarFiles
import Support
import Testing

/// Members of structs: columns of their own by their paths, and left out where they cannot be read.
struct MemberTests {
  private static let files = ["members.stream.arrow", "members.parquet"]

  @Test("a path names a member, which is null where a struct around it is", arguments: files)
  func paths(_ name: String) throws {
    var reader = try TableReader(path: Fixtures.path(name), passesOverMembers: true)
    try reader.select(["part.inner.text", "part.inner.n", "part.inner"])
    let batch = try #require(try reader.nextBatch())
    #expect(batch.schema.fields.map(\.name) == ["part.inner", "part.inner.text", "part.inner.n"])
    let texts = try #require(batch["part.inner.text"]?.utf8)
    #expect((0..<5).map { texts.string($0) } == ["a", nil, nil, nil, "e"])
    let numbers = try #require(batch["part.inner.n"]?.int64)
    #expect((0..<5).map { numbers[$0] } == [1, nil, nil, 4, nil])
    let structs = try #require(batch["part.inner"]?.struct)
    #expect((0..<5).map { structs.isNull($0) } == [false, true, true, false, false])
    #expect(structs.fields.map(\.name) == ["text", "n"])
    #expect(try reader.nextBatch() == nil)
  }

  @Test("a path that leads nowhere is no column", arguments: files)
  func missing(_ name: String) throws {
    let reader = try TableReader(path: Fixtures.path(name), passesOverMembers: true)
    #expect(
      reader.schema["part.inner.text"]?.type == .utf8 && reader.schema["part.inner.text"]?.name == "part.inner.text")
    for path in ["part.text", "part.inner.text.x", "part.", ".part", "part.inner.at", "turns.role"] {
      #expect(reader.schema[path] == nil, "\(path)")
    }
  }

  @Test("members that cannot be read are left out, and only where that is asked for", arguments: files)
  func passedOver(_ name: String) throws {
    let path = Fixtures.path(name)
    var reader = try TableReader(path: path, passesOverMembers: true)
    #expect(reader.schema.fields.map { "\($0.name) \($0.type)" }.count == 2)
    let batch = try #require(try reader.nextBatch())
    let rows = (0..<5).map { TableText.row(batch, $0) }
    #expect(
      rows == [
        #"{"part":{"inner":{"n":1,"text":"a"}},"turns":[{"content":"x","role":"user"}]}"#,
        #"{"part":{"inner":null},"turns":null}"#,
        #"{"part":null,"turns":[]}"#,
        #"{"part":{"inner":{"n":4,"text":null}},"turns":[{"content":null,"role":"user"},null]}"#,
        #"{"part":{"inner":{"n":null,"text":"e"}},"turns":[]}"#,
      ])
    #expect(throws: FileError.self) { try TableText.rows(path) }
  }
}
