public import ArgumentParser
public import Counting

/// Which share of the work a run takes.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Take the I-th of N shares of the work, I from 1: other runs take the others, with another statistics file each, and \
      'tokenstats merge' makes one of all. No pictures are drawn.
      """, valueName: "i/n"))
  var shard: ScanShard?
}

extension ScanShard: ExpressibleByArgument {
  /// Reads an argument.
  public init?(argument: String) { self.init(argument) }
}
