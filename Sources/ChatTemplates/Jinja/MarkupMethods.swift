/// The methods that markupsafe's `Markup` has of its own: how they take arguments, with the messages of Python's functions.
enum MarkupMethods {
  /// How a method takes its arguments.
  struct Signature {
    let parameters: [Arguments.Parameter]
    /// Whether no argument may be given by its name.
    var isPositionalOnly = true
  }

  /// What a method takes; nil for the methods of `str` itself.
  static func signature(of name: String) -> Signature? {
    switch name {
    case "capitalize", "title", "lower", "upper", "swapcase", "casefold", "unescape", "striptags":
      Signature(parameters: [])
    case "join": Signature(parameters: [.required("iterable")])
    case "split", "rsplit": Signature(parameters: [.optional("sep"), .optional("maxsplit")], isPositionalOnly: false)
    case "splitlines": Signature(parameters: [.optional("keepends")], isPositionalOnly: false)
    case "expandtabs": Signature(parameters: [.optional("tabsize")], isPositionalOnly: false)
    case "replace": Signature(parameters: [.required("old"), .required("new"), .optional("count")])
    case "ljust", "rjust", "center": Signature(parameters: [.required("width"), .optional("fillchar")])
    case "strip", "lstrip", "rstrip": Signature(parameters: [.optional("chars")])
    case "translate": Signature(parameters: [.required("table")])
    case "zfill": Signature(parameters: [.required("width")])
    case "removeprefix": Signature(parameters: [.required("prefix")])
    case "removesuffix": Signature(parameters: [.required("suffix")], isPositionalOnly: false)
    case "partition", "rpartition": Signature(parameters: [.required("sep")])
    default: nil
    }
  }

  /// The arguments by position, as the method hands them on to that of `str`; those of `str`'s own methods as they are.
  static func arguments(of name: String, _ arguments: Arguments) throws(TemplateError) -> Arguments {
    guard let signature = signature(of: name) else { return arguments }
    let parameters = signature.parameters
    if signature.isPositionalOnly, let keyword = arguments.keywords.first {
      let taken = parameters.map(\.name.description).filter { name in arguments.keywords.contains { $0.name == name } }
      guard taken.isEmpty else {
        throw .type(
          "Markup.\(name)() got some positional-only arguments passed as keyword arguments: "
            + "'\(taken.joined(separator: ", "))'")
      }
      throw .type("Markup.\(name)() got an unexpected keyword argument '\(keyword.name)'")
    }
    var values = try arguments.bind("Markup.\(name)", parameters, offset: 1)
    while let last = values.last, last == nil { values.removeLast() }
    // The one that can be missing before another is the separator of `split`.
    return Arguments(positional: values.map { $0 ?? .none })
  }
}
