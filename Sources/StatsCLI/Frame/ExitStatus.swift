/// How a run of the program ended, as the shell sees it.
enum ExitStatus: Int32 {
  /// Everything that was asked for is done.
  case success = 0
  /// Nothing useful came of it: a missing folder, a damaged statistics file, a write error.
  case failure = 1
  /// Finished, but some datasets or rows failed; each was named.
  case partialFailure = 3
  /// The request was fine and nothing matched it.
  case nothingMatched = 4
  /// A model nobody knows, or a tokenizer that is not on this machine.
  case unknownModel = 5
  /// The command line was wrong (`EX_USAGE`).
  case usage = 64
  /// Stopped by a signal; what was finished by then is kept.
  case interrupted = 130
}
