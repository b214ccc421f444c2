import Testing

@testable import Counting

/// Workers stay with a model, begin with what is largest and end together.
struct ModelScheduleTests {
  @Test("a worker takes a model's datasets, largest first, before it goes to another model")
  func one() {
    var schedule = ModelSchedule([("a", 5), ("b", 9), ("a", 7), ("b", 9), ("c", 1), ("a", 7)])
    var taken: [Int] = []
    var model: String?
    while let next = schedule.next(after: model) {
      taken.append(next)
      model = ["a", "b", "a", "b", "c", "a"][next]
    }
    #expect(taken == [2, 5, 0, 1, 3, 4])
    #expect(schedule.next(after: nil) == nil)
  }

  @Test("workers spread over the models and share the last one; everything is handed out once")
  func several() {
    let datasets = (0..<90).map { (model: ["x", "y", "z"][$0 % 3], bytes: 100 + $0) }
    for workers in 1...7 {
      var schedule = ModelSchedule(datasets)
      var loads = [Int](repeating: 0, count: workers)
      var models = [[String]](repeating: [], count: workers)
      var handedOut: Set<Int> = []
      // The worker that is done first takes the next dataset.
      while let worker = loads.indices.min(by: { loads[$0] < loads[$1] }),
        let next = schedule.next(after: models[worker].last)
      {
        #expect(handedOut.insert(next).inserted)
        loads[worker] += datasets[next].bytes
        if models[worker].last != datasets[next].model { models[worker].append(datasets[next].model) }
      }
      #expect(handedOut.count == datasets.count)
      #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 200, "\(workers): \(loads)")
      // Each worker learns the words of few models.
      #expect(models.allSatisfy { Set($0).count == $0.count })
      if workers == 2 { #expect(models.map(\.count).reduce(0, +) == 4, "\(models)") }
    }
  }

  @Test("the largest dataset comes first even where its model has few others")
  func largest() {
    var schedule = ModelSchedule([("a", 10), ("a", 10), ("b", 1000), ("a", 10)])
    #expect(schedule.next(after: nil) == 2)
    #expect(schedule.next(after: nil) == 0)
  }
}
