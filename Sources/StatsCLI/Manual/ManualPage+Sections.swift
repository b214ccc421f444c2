extension ManualPage {
  /// A section of terms and what they mean.
  struct Section {
    /// The heading.
    let title: String
    /// The terms in order.
    let items: [(name: String, text: String)]
  }

  /// What no option declares: exit statuses, environment variables and files.
  static let fixedSections = [
    Section(
      title: "EXIT STATUS",
      items: [
        ("0", "All done."),
        ("1", "Failure: a missing folder, a damaged statistics file, a write error."),
        ("3", "Finished, but some datasets or rows failed; each is named."),
        ("4", "Nothing matched."),
        ("5", "An unknown model, or a tokenizer that is not on this machine."),
        ("64", "The command line was wrong."),
        ("130", "Interrupted; what was finished by then is kept."),
      ]),
    Section(
      title: "ENVIRONMENT",
      items: [
        ("TOKENSTATS_WORKSPACE", "Folder that the default paths start from."),
        ("TOKENSTATS_FONT_DIR", "Folder that holds the DejaVu Sans fonts for the pictures."),
        (
          "HF_HOME, HF_HUB_CACHE",
          "Where the Hugging Face cache is; vocabulary files in it are used if their hash is known."
        ),
        ("XDG_CACHE_HOME", "Folder of caches; vocabulary files are kept in tokenstats under it. Default: ~/.cache."),
        ("NO_COLOR", "If set, no colour is used."),
      ]),
    Section(
      title: "FILES",
      items: [
        ("~/.cache/tokenstats", "Vocabulary files that 'tokenstats tokenizers fetch' got.")
      ]),
  ]
}
