import CTokenizerKernels
import Support
import Testing

/// The kernel sets that are offered are those whose instructions the system says that the processor runs.
@Suite struct KernelChoiceTests {
  @Test func theSetsAreThoseOfTheSystem() throws {
    var names: [String] = []
    while let kernels = bk_kernels_available(names.count) { names.append(String(cString: kernels.pointee.name)) }
    #if arch(x86_64)
      let text = try Files.readText("/proc/cpuinfo")
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags") })
      let flags = Set(line.split { $0 == " " || $0 == "\t" })
      let wide: Set<Substring> = ["avx", "avx2", "bmi1", "bmi2", "aes", "popcnt", "abm", "sse4_2"]
      let widest: Set<Substring> = [
        "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vbmi", "avx512_vbmi2", "vaes",
      ]
      let hasWide = flags.isSuperset(of: wide)
      let hasWidest = hasWide && flags.isSuperset(of: widest)
      #expect(names == (hasWidest ? ["avx512"] : []) + (hasWide ? ["avx2"] : []) + ["sse2", "portable"])
    #else
      #expect(names == ["neon", "portable"])
    #endif
  }
}
