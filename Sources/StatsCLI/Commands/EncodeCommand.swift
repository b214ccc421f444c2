import ArgumentParser
import Datasets
import Support
import Tokenizers

/// Prints the token ids of each text or conversation.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Print the token ids of texts and conversations.",
    discussion: """
      Prints {"count":..,"ids":[..]} for each line of input, in the same order, or {"error":".."}. Conversations are \
      rendered with the model's chat template, texts are taken as they are; no token is put before them unless \
      --add-special-tokens says so.

      Example:
        tokenstats encode --model gemma-2-27b --ascii < chats.jsonl
        tokenstats encode --model tokenizer.json --add-special-tokens < texts.jsonl
      """)

  @Option(name: [.customShort("m"), .long], help: CountingModel.help, completion: CompletionNames.models)
  var model: String

  @OptionGroup(title: "Tokenizer files") var files: TokenizerFileOptions

  @Flag(help: "Add the tokens that the tokenizer puts around a text, such as BOS.")
  var addSpecialTokens = false

  @Flag(help: "Take special tokens in the text for plain text.")
  var splitSpecialTokens = false

  @OptionGroup var rows: RowOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if rows.tokenization.chat.sanitizeControlTokens, addSpecialTokens || splitSpecialTokens {
      throw ValidationError(
        "--sanitize-control-tokens encodes as apply_chat_template does: without --add-special-tokens and "
          + "--split-special-tokens.")
    }
  }

  func run() throws {
    let model = try files.model(named: model, rows)
    let encoder = try RowEncoder(
      model.vocabulary, addsSpecialTokens: addSpecialTokens, splitsSpecialTokens: splitSpecialTokens,
      readsMarks: model.sanitizesControlTokens && model.renderer != nil)
    try rows.forEachText(model) { (text, _, _) throws(InputError) in
      do throws(TokenizerError) { return JSONLine.encoded(try encoder.ids(of: text)) } catch {
        throw .unreadable(error.description)
      }
    }
  }
}
