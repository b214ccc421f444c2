import ArgumentParser
import Tokenizers

/// Prints the token ids of each text or conversation.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Print the token ids of texts and conversations.",
    discussion: """
      Prints {"count":..,"ids":[..]} for each line of input, in the same order, or {"error":".."}. Conversations are \
      rendered with the model's chat template, texts are taken as they are; no token is put before them.

      Example:
        tokenstats encode --model gemma-2-27b --ascii < chats.jsonl
      """)

  @OptionGroup var rows: RowOptions

  func run() throws {
    let model = try rows.tokenization.selector().model(named: rows.model)
    let tokenizer = try model.loadTokenizer()
    try rows.forEachText(model: model) { (text, output) throws(CommandFailure) in
      let ids: [TokenID]
      do throws(EncodingError) { ids = try tokenizer.encode(text.span.bytes) } catch {
        throw CommandFailure("\(error)")
      }
      try output.writeLine(JSONLine.encoded(ids))
    }
  }
}
