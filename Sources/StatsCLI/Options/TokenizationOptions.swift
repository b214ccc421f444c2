import ArgumentParser

/// Which files and formats stand behind the models' names.
struct TokenizationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Use this vocabulary file for a model; may be repeated.", valueName: "model=path"))
  var tokenizer: [String] = []

  @Option(
    help: ArgumentHelp(
      "Use another model's chat format for a model, as in qwen-3-32b=qwen2.5; may be repeated.",
      valueName: "model=format"))
  var template: [String] = []

  @Option(
    help: ArgumentHelp(
      "Tell the chat template something, as in date_string='1 Jan 2025'; may be repeated.", valueName: "name=value"))
  var templateArg: [String] = []
}
