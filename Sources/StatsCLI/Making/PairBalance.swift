import Analysis
import ChatTemplates
import Datasets
import PersonaData
import Tokenizers

/// How balanced a trait's two sides are, in rows and in tokens.
struct PairBalance {
  /// One side.
  struct Side {
    let name: String
    let rows: Int
    let tokens: Int
  }

  let sides: [Side]

  /// Counts both datasets.
  init(
    _ positive: MadeDataset, _ negative: MadeDataset, tokenizer: Tokenizer, template: ChatTemplate,
    arguments: TemplateArguments
  ) throws(CommandFailure) {
    var sides: [Side] = []
    for made in [positive, negative] {
      do {
        sides.append(try Self.count(made, tokenizer, template, arguments))
      } catch {
        throw CommandFailure("\(made.name): \(error)")
      }
    }
    self.sides = sides
  }

  private static func count(
    _ made: MadeDataset, _ tokenizer: Tokenizer, _ template: ChatTemplate, _ arguments: TemplateArguments
  ) throws -> Side {
    var reader = try DatasetReader(DatasetSource(path: made.folder, name: made.name))
    var counter = tokenizer.makeCounter()
    var messages: [ChatMessage] = []
    var chat = RenderedChat()
    var (rows, tokens) = (0, 0)
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        try batch.readMessages(of: row, into: &messages)
        try template.render(messages, of: batch.text, arguments: arguments, into: &chat)
        tokens += counter.count(chat.bytes.span.bytes)
        rows += 1
      }
    }
    return Side(name: made.name.description, rows: rows, tokens: tokens)
  }

  /// The balance as a table and a sentence.
  var lines: [String] {
    var table = TextTable([("side", .left), ("rows", .right), ("tokens", .right), ("share of tokens", .right)])
    let total = sides.reduce(0) { $0 + $1.tokens }
    for side in sides {
      table.add([
        side.name, NumberText.grouped(side.rows), NumberText.grouped(side.tokens),
        NumberText.percent(side.tokens, of: total),
      ])
    }
    return table.lines
  }
}
