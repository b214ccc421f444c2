import Benchmark

/// Small benchmarks of single stages; `Scripts/bench.py` measures the whole.
///
/// Run with `make bench-micro`. A stage that cannot be called alone is reached through the tokenizer with a text that
/// makes it do nearly all the work.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], warmupIterations: 3, maxDuration: .seconds(2))
  CountingBenchmarks.register()
  FileBenchmarks.register()
  PlotBenchmarks.register()
}
