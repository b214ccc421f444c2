import Benchmark
import CSnappy
import CTextKernels

/// Pages of a megabyte compressed with Snappy, by each kernel that the processor has and by libsnappy.
enum SnappyBenchmarks {
  static func register() {
    var texts = SampleTexts(seed: 7)
    let page = texts.answers(bytes: 1 << 20)
    for kernel in 0..<rk_snappy_kernels() {
      let size = compress(page, kernel)
      Benchmark("snappy: a page of 1 MiB to \(size) bytes, kernel \(kernel)") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(compress(page, kernel)) }
      }
    }
    let size = compressWithLibrary(page)
    Benchmark("snappy: a page of 1 MiB to \(size) bytes, libsnappy") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(compressWithLibrary(page)) }
    }
  }

  private static func compress(_ page: [UInt8], _ kernel: Int) -> Int {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rk_snappy_bound(page.count)) { output in
      withUnsafeTemporaryAllocation(byteCount: rk_snappy_scratch_size(), alignment: 64) { scratch in
        rk_snappy_compress(page, page.count, output.baseAddress, scratch.baseAddress, kernel)
      }
    }
  }

  private static func compressWithLibrary(_ page: [UInt8]) -> Int {
    var count = snappy_max_compressed_length(page.count)
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: count) { output in
      page.withUnsafeBytes { page in
        _ = snappy_compress(page.bindMemory(to: CChar.self).baseAddress, page.count, output.baseAddress, &count)
      }
    }
    return count
  }
}
