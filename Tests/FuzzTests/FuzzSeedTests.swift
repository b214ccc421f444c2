import FuzzTargets
import Support
import Testing

/// What fuzzing begins with and what it has found, once each: the process is still there afterwards.
@Suite("Fuzzing")
struct FuzzSeedTests {
  @Test("every target reads its seeds, and pieces and mutations of them", arguments: FuzzTarget.allCases)
  func seeds(_ target: FuzzTarget) throws {
    let seeds = try FuzzSeeds.of(target)
    #expect(!seeds.isEmpty)
    for seed in seeds {
      target.run(seed)
      target.run(Array(seed.dropLast(1 + seed.count / 3)))
      var changed = seed
      for index in stride(from: 5, to: changed.count, by: 97) { changed[index] ^= 0x55 }
      target.run(changed)
    }
    target.run([])
  }

  @Test("every target survives what once ended it", arguments: FuzzTarget.allCases)
  func crashes(_ target: FuzzTarget) throws {
    // `Fuzzing/Crashes/TARGET-...` is beside Tests.
    let root = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))
    let folder = Files.join(root, "Fuzzing/Crashes")
    for name in try Files.list(folder) where name.hasPrefix(target.rawValue + "-") {
      target.run(try Files.read(Files.join(folder, name)))
    }
  }
}
