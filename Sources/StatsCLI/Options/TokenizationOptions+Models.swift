import ChatTemplates

extension TokenizationOptions {
  /// The models as the options describe them.
  func selector() throws(CommandFailure) -> ModelSelector {
    try ModelSelector(templates: template, files: tokenizer)
  }

  /// The template arguments, each of which must be known to one of the templates in use.
  func arguments(for templates: [ChatTemplate]) throws(CommandFailure) -> TemplateArguments {
    do {
      return try TemplateArguments(pairs: templateArg, for: templates)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
  }
}
