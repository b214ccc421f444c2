import ArgumentParser
import ModelHub
import Support
import Tokenizers

/// Removes the tables that were compiled from vocabulary files.
struct TokenizersRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove the tables that were compiled from vocabulary files.",
    discussion: """
      They only save time: the next use of a tokenizer makes its tables again. Vocabulary files stay.

      Example:
        tokenstats tokenizers remove
      """)

  @OptionGroup var talk: QuietOptions

  func run() throws {
    guard let tables = CompiledTables.userCache else {
      Messages.notice("There is no cache: neither HOME nor XDG_CACHE_HOME is set")
      return
    }
    let size = tables.storedBytes
    do throws(FileError) { try tables.removeAll() } catch { throw CommandFailure(error.description) }
    var output = StandardOutput()
    try output.writeLine("removed \(tables.directory): \(CompiledTables.megabytes(size))")
    try output.flush()
  }
}

extension CompiledTables {
  /// A number of bytes for a message, such as "12.3 MB".
  static func megabytes(_ bytes: Int) -> String { NumberFormat.fixed(Double(bytes) / 1e6, digits: 1) + " MB" }
}
