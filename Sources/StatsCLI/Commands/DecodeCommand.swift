import ArgumentParser
import Datasets
import JSON
import Support
import Tokenizers

/// Prints the text of token ids.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Print the text of token ids.",
    discussion: """
      Reads an array of ids or {"ids":[..]} a line and prints {"text":".."} for each, in the same order, or \
      {"error":".."}. Bytes that are not UTF-8 become U+FFFD; numbers that no token has stand for nothing.

      Example:
        tokenstats encode -m t.json < texts.jsonl | tokenstats decode -m t.json
      """)

  @Option(name: [.customShort("m"), .long], help: CountingModel.help, completion: CompletionNames.models)
  var model: String

  @OptionGroup(title: "Tokenizer files") var files: TokenizerFileOptions
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions

  @Flag(help: "Leave out special tokens.")
  var skipSpecialTokens = false

  @Flag(help: "Write characters beyond ASCII as \\uXXXX.")
  var ascii = false

  @Argument(
    help: ArgumentHelp(
      "JSONL: an array of ids or an object with \"ids\" a line; - or none for standard input.", valueName: "file"),
    completion: .file(extensions: ["jsonl", "ndjson", "json"]))
  var file: String?

  @OptionGroup var talk: QuietOptions

  func run() throws {
    let model = try files.model(named: model, tokenization.selector(for: [model]))
    let tokenizer: ReferenceTokenizer
    let definition = try model.definition()
    do { tokenizer = try ReferenceTokenizer(definition) } catch {
      throw CommandFailure("\(model.name): \(error)", status: .unknownModel)
    }
    try AnsweredLines.forEach(of: file) { line in
      do throws(InputError) {
        let ids = try Self.ids(in: line)
        do throws(TokenizerError) {
          let text = try tokenizer.decode(ids, skipsSpecialTokens: skipSpecialTokens)
          return (JSONLine.decoded(text, ascii: ascii), false)
        } catch { throw .unreadable(error.description) }
      } catch {
        return (JSONLine.error(error.message, ascii: ascii), true)
      }
    }
  }

  /// The ids of a line.
  private static func ids(in line: RawSpan) throws(InputError) -> [TokenID] {
    let value: JSONValue
    do throws(FileError) { value = try JSONValue.parse(line) } catch { throw .unreadable(error.description) }
    guard let elements = (value["ids"] ?? value).arrayValue else {
      throw .unreadable("\(value.kindName) where an array of ids or an object with \"ids\" is expected")
    }
    var ids: [TokenID] = []
    ids.reserveCapacity(elements.count)
    for (place, element) in elements.enumerated() {
      guard let id = element.integerValue.flatMap({ TokenID(exactly: $0) }), id >= 0 else {
        throw .unreadable("ids[\(place)] is no number of a token, 0 to \(TokenID.max)")
      }
      ids.append(id)
    }
    return ids
  }
}
