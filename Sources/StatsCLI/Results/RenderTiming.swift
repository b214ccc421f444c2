import ChatTemplates
import JSON
import Support

/// How long a chat template takes for a conversation, without reading and printing.
struct RenderTiming {
  /// How often all conversations are rendered; the first time makes what is kept between them.
  private static let passes = 7

  private let conversations: [ChatConversation]
  private let renderer: ChatRenderer

  /// Reads the conversations of a JSONL file.
  ///
  /// - Throws: `CommandFailure` naming the line that holds none.
  init(_ file: String, _ renderer: ChatRenderer) throws(CommandFailure) {
    self.renderer = renderer
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.readInput(file) } catch { throw CommandFailure(error.description) }
    var conversations: [ChatConversation] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      do {
        guard let row = try JSONValue.parse(Array(line)).objectValue else {
          throw TemplateError(.malformed, "an object with \"messages\" is expected")
        }
        conversations.append(try ChatConversation(row: row))
      } catch {
        throw CommandFailure("\(file): line \(index + 1): \(error)")
      }
    }
    guard !conversations.isEmpty else { throw CommandFailure("\(file) holds no conversation") }
    self.conversations = conversations
  }

  /// Prints the median of the passes after the first as a JSON object.
  ///
  /// - Throws: `CommandFailure` where the template raises.
  func print() throws(CommandFailure) {
    var chat = RenderedChat()
    var seconds: [Double] = []
    var byteCount = 0
    for pass in 0..<Self.passes {
      byteCount = 0
      let watch = Stopwatch()
      for (index, conversation) in conversations.enumerated() {
        let text = conversation.text
        do throws(TemplateError) {
          try renderer.render(conversation.messages, of: text.span.bytes, into: &chat)
        } catch {
          throw CommandFailure("conversation \(index + 1): \(error.placed)")
        }
        byteCount += chat.bytes.count
      }
      if pass > 0 { seconds.append(watch.seconds) }
    }
    let median = seconds.sorted()[seconds.count / 2]
    let result = JSONObject([
      ("conversations", .number(conversations.count)), ("bytes", .number(byteCount)),
      ("microseconds_per_conversation", .double(median * 1e6 / Double(conversations.count))),
    ])
    var output = StandardOutput()
    try output.writeLine(JSONValue.object(result).serialized())
    try output.flush()
  }
}
