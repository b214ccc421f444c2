import ArgumentParser

/// Whether and how progress is shown.
struct ProgressOptions: ParsableArguments {
  @Option(help: "Progress on standard error: bar on a terminal, plain elsewhere.")
  var progress: ProgressStyle?

  /// The style to use.
  var style: ProgressStyle { progress ?? .fitting }
}
