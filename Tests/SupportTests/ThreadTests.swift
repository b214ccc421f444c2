import Foundation
import Testing

@testable import Support

/// Work is shared by threads, every call is made once, and results come in order.
@Suite struct ThreadTests {
  @Test(arguments: [-1, 0, 1, 2, 7, 64])
  func everyCallIsMadeOnceAndAnswersInOrder(count: Int) {
    let made = Guarded([Int](repeating: 0, count: max(0, count)))
    let results = Workers.run(count: count) { index in
      made.withLock { $0[index] += 1 }
      return index * index
    }
    #expect(results == (0..<max(0, count)).map { $0 * $0 })
    #expect(made.withLock { $0 }.allSatisfy { $0 == 1 })
  }

  @Test func theFirstCallIsOnTheCallingThreadAndTheOthersAreNot() {
    let own = pthread_self()
    #expect(Workers.run(count: 3) { _ in pthread_equal(pthread_self(), own) != 0 } == [true, false, false])
  }

  @Test func threadsHaveRoomForDeepRecursion() {
    @Sendable func depth(_ left: Int) -> Int {
      guard left > 0 else { return 0 }
      return withUnsafeTemporaryAllocation(of: Int.self, capacity: 100) { frame in
        frame[0] = depth(left - 1)
        return frame[0] + 1
      }
    }
    #expect(Workers.run(count: 2) { _ in depth(5_000) } == [5_000, 5_000])
  }

  @Test func theCallerWorksWhereThereAreNoThreads() async {
    await #expect(processExitsWith: .success) {
      // Every thread takes 8 MiB of addresses: there is room for what is there already, and for no stack.
      let pages = try Files.readText("/proc/self/statm").split(separator: " ").first.flatMap { Int($0) } ?? 0
      let bytes = rlim_t(pages * Int(getpagesize()) + (4 << 20))
      var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
      guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { exit(2) }
      let own = pthread_self()
      let results = Workers.run(count: 5) { index in pthread_equal(pthread_self(), own) != 0 ? index : -1 }
      exit(results == [0, 1, 2, 3, 4] ? 0 : 1)
    }
  }

  /// As under Python's multiprocessing: what the parent made and used is used again in the child.
  @Test func aForkedChildWorksOn() async {
    await #expect(processExitsWith: .success) {
      let state = Guarded(0)
      state.withLock { $0 = 1 }
      Workers.run(count: 3) { index in state.withLock { $0 += index } }
      // Swift hides `fork`, which few programs can do without harm.
      let fork = try #require(dlsym(nil, "fork").map { unsafeBitCast($0, to: (@convention(c) () -> pid_t).self) })
      let child = fork()
      if child == 0 {
        Workers.run(count: 3) { index in state.withLock { $0 += index } }
        _exit(state.withLock { $0 } == 7 ? 0 : 1)
      }
      var status: Int32 = -1
      exit(waitpid(child, &status, 0) == child && status == 0 ? 0 : 1)
    }
  }

  @Test func ticketsAreHandedOutOnce() {
    let tickets = Tickets(1_000)
    let taken = Workers.run(count: 4) { _ in
      var taken: [Int] = []
      while taken.count < 200, let ticket = tickets.next() { taken.append(ticket) }
      return taken
    }
    #expect(taken.flatMap(\.self).sorted() == Array(0..<800))
    #expect(tickets.left == 800..<1_000)
    while tickets.next() != nil {}
    #expect(tickets.left.isEmpty && tickets.next() == nil)
    #expect(Tickets(0).next() == nil)
  }

  @Test func aGuardedValueLosesNoChangeAndPassesErrorsOn() {
    let sum = Guarded(0)
    Workers.run(count: 4) { _ in
      for _ in 0..<10_000 { sum.withLock { $0 += 1 } }
    }
    #expect(sum.withLock { $0 } == 40_000)
    #expect(throws: FileError.self) {
      try sum.withLock { value throws(FileError) in
        value = 1
        throw FileError("read", "x", code: ENOENT)
      }
    }
    // The error let go of the lock.
    #expect(sum.withLock { $0 } == 1)
  }

  @Test func aStopFlagIsSeenByAllCopies() {
    let flag = StopFlag()
    let copy = flag
    #expect(!copy.isRequested && !StopFlag().isRequested)
    #expect(flag.request() && !copy.request())
    #expect(copy.isRequested && !StopFlag().isRequested)
  }
}
