/// A token of a template.
struct Token {
  enum Kind: Hashable {
    case data, variableBegin, variableEnd, blockBegin, blockEnd
    case name, string, integer, float
    case add, assign, colon, comma, div, dot, eq, floordiv, gt, gteq, lbrace, lbracket, lparen, lt, lteq, mod, mul, ne
    case pipe, pow, rbrace, rbracket, rparen, semicolon, sub, tilde
    case end

    /// What messages call the kind.
    var description: String {
      switch self {
      case .data: "template data / text"
      case .variableBegin: "begin of print statement"
      case .variableEnd: "end of print statement"
      case .blockBegin: "begin of statement block"
      case .blockEnd: "end of statement block"
      case .name: "name"
      case .string: "string"
      case .integer: "integer"
      case .float: "float"
      case .end: "end of template"
      default: Self.symbols.first { $0.kind == self }?.text ?? ""
      }
    }

    /// Operators, the longer ones first.
    static let symbols: [(text: String, kind: Kind)] = [
      ("//", .floordiv), ("**", .pow), ("==", .eq), ("!=", .ne), (">=", .gteq), ("<=", .lteq),
      ("+", .add), ("-", .sub), ("/", .div), ("*", .mul), ("%", .mod), ("~", .tilde), ("[", .lbracket),
      ("]", .rbracket), ("(", .lparen), (")", .rparen), ("{", .lbrace), ("}", .rbrace), (">", .gt), ("<", .lt),
      ("=", .assign), (".", .dot), (":", .colon), ("|", .pipe), (",", .comma), (";", .semicolon),
    ]
  }

  let kind: Kind
  let line: Int
  /// The bytes of data, a name, a number's digits or a string without its escapes.
  let bytes: [UInt8]

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func isName(_ name: String) -> Bool { kind == .name && bytes.elementsEqual(name.utf8) }

  /// What messages call the token.
  var description: String { kind == .name ? text : kind.description }
}

/// The tokens of a template and the error that ends them, if any; the parser raises it when it gets there.
struct TokenList {
  var tokens: [Token] = []
  var error: TemplateError?
}
