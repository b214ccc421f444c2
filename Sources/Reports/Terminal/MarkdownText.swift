/// Texts of data in Markdown, which must neither end a table's cell nor mean anything.
public enum MarkdownText {
  /// A text inside backquotes in a cell of a table: what would end either is replaced.
  public static func code(_ text: String) -> String {
    var result = ""
    for scalar in TerminalText.visible(text).unicodeScalars {
      switch scalar {
      case "`": result += "'"
      case "|": result += "\\|"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A text with what has a meaning in Markdown escaped.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in TerminalText.visible(text).unicodeScalars {
      if "\\`*_[]<>|#".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
