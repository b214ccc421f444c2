import FuzzTargets
import Glibc
import Support

/// The target that `FUZZ_TARGET` names.
private let target: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    print("FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(2)
  }
  return target
}()

/// Called once by libFuzzer: with `FUZZ_SEEDS` the seeds are written to that folder, and nothing else is done.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeMutableRawPointer, _: UnsafeMutableRawPointer) -> Int32 {
  guard let folder = getenv("FUZZ_SEEDS").map({ String(cString: $0) }) else {
    _ = target
    return 0
  }
  do {
    for (index, seed) in try FuzzSeeds.of(target).enumerated() {
      try AtomicFile.write(seed, to: Files.join(folder, "seed-\(index)"), isDurable: false)
    }
  } catch {
    print("\(error)")
    exit(1)
  }
  exit(0)
}

/// Called by libFuzzer for every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// The entry that the Swift package manager gives to a program called fuzz, in the place of libFuzzer's own `main`.
@_cdecl("fuzz_main")
public func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, testOneInput)
}

/// libFuzzer's loop, `LLVMFuzzerRunDriver` of its interface as a library.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
