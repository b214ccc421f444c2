import CReferenceExpectations
import CZstd
import JSON
public import Support

extension ReferenceExpectation {
  /// Returns all rows that are built into the program: chats first, then plain texts, by model.
  ///
  /// - Throws: `FileError` if the built-in rows are damaged, which only a broken build can cause.
  /// - Complexity: O(size of the rows), which is a few MB of JSON.
  public static func all() throws(FileError) -> [ReferenceExpectation] {
    var rows: [ReferenceExpectation] = []
    for (index, line) in try uncompressedRows().split(separator: UInt8(ascii: "\n")).enumerated() {
      rows.append(try row(Array(line), number: index + 1))
    }
    return rows
  }

  /// The corresponding C function is `ZSTD_decompress`.
  private static func uncompressedRows() throws(FileError) -> [UInt8] {
    let size = ZSTD_getFrameContentSize(reference_rows, reference_rows_size)
    // The two largest values mean "unknown" and "no frame"; no rows come near the limit.
    guard size < 1 << 30 else { throw .damagedRows("they are no Zstandard frame") }
    var result = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
      result = ZSTD_decompress(buffer.baseAddress, buffer.count, reference_rows, reference_rows_size)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else { throw .damagedRows(String(cString: ZSTD_getErrorName(result))) }
    return bytes
  }

  private static func row(_ line: [UInt8], number: Int) throws(FileError) -> ReferenceExpectation {
    let value: JSONValue
    do throws(FileError) { value = try JSONValue.parse(line) } catch { throw .damagedRows("row \(number): \(error)") }
    guard let id = value["id"]?.stringValue, let model = value["set"]?.stringValue.flatMap(Model.init),
      let input = input(value)
    else { throw .damagedRows("row \(number) lacks id, set or input") }
    return ReferenceExpectation(
      id: id, model: model, input: input,
      rendered: value["rendered"]?.stringValue,
      ids: value["ids"]?.arrayValue?.compactMap { $0.integerValue.flatMap(Int32.init(exactly:)) },
      error: value["error"]?.stringValue,
      fallbackText: value["fallback_text"]?.stringValue,
      legacyCount: value["count_legacy"]?.integerValue,
      tokensByKind: value["roles"]?.objectValue.map { roles in
        Dictionary(roles.members.map { ($0.key, $0.value.integerValue ?? 0) }) { first, _ in first }
      })
  }

  private static func input(_ value: JSONValue) -> Input? {
    if let text = value["text"]?.stringValue {
      return .text(text)
    }
    guard let messages = value["messages"]?.arrayValue, let prompt = value["add_generation_prompt"]?.boolValue else {
      return nil
    }
    let chat = messages.compactMap { message -> Message? in
      guard let role = message["role"]?.stringValue, let content = message["content"]?.stringValue else { return nil }
      return Message(role: role, content: content)
    }
    return chat.count == messages.count ? .chat(chat, addGenerationPrompt: prompt) : nil
  }
}

extension FileError {
  /// The rows that are built into the program are damaged, and how.
  fileprivate static func damagedRows(_ reason: String) -> FileError {
    FileError(
      .damaged, reason,
      sentence: "the reference rows built into this program are damaged: \(reason); build it again")
  }
}
