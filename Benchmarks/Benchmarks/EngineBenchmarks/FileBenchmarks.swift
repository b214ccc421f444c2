import Benchmark
import ColumnarFiles
import Glibc

/// Parquet pages: written once for each compression, read column by column.
enum FileBenchmarks {
  private static let rows = 20_000

  static func register() {
    for compression in [ParquetCompression.none, .snappy, .zstd] {
      Benchmark("parquet: 20,000 rows of text, \(compression)") { benchmark in
        let path = try write(compression)
        defer { unlink(path) }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try read(path)) }
        benchmark.stopMeasurement()
      }
    }
  }

  /// Writes a table of texts and numbers and returns its path.
  private static func write(_ compression: ParquetCompression) throws -> String {
    let path = "/tmp/tokenstats-benchmark-\(getpid()).parquet"
    var texts = SampleTexts(seed: 6)
    let words = texts.prose(bytes: 1 << 20, vocabulary: 8_000)
    var column = UTF8Builder()
    var numbers = Int64Builder()
    for _ in 0..<rows {
      let start = texts.below(words.count - 2_000)
      try column.append(words.span.bytes.extracting(start..<start + 200 + texts.below(1_600)))
      try numbers.append(Int64(texts.below(4)))
    }
    let schema = Schema([Field("text", .utf8), Field("score", .int64)])
    let columns = [try column.finish(), try numbers.finish()]
    var writer = try ParquetWriter(
      path: path, schema: schema, options: .init(compression: compression), isDurable: false)
    try writer.write(RecordBatch(schema: schema, columns: columns, rowCount: rows))
    _ = try writer.finish()
    return path
  }

  private static func read(_ path: String) throws -> Int {
    var reader = try TableReader(path: path)
    var count = 0
    while let batch = try reader.nextBatch() { count += batch.rowCount }
    return count
  }
}
