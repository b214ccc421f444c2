import Reports
import TokenStatistics

/// The table of what packing comes to.
struct PackingTable {
  private let limits: [Int]
  private let batch: Int?
  private let price: PriceOptions
  /// The rows so far.
  private(set) var table: ResultTable

  /// - Parameters:
  ///   - limits: the lengths of sequences in tokens.
  ///   - batch: the sequences of a step; nil for no column of steps.
  ///   - price: the price, for a column of it.
  init(limits: [Int], batch: Int?, price: PriceOptions) {
    self.limits = limits
    self.batch = batch
    self.price = price
    var columns: [ResultTable.Column] = [
      .text("model"), .number("max_length", title: "limit"), .text("packing"), .text("window"), .number("sequences"),
      .number("utilization"), .number("tokens", importance: .low), .number("tokens_lost", importance: .medium),
      .number("cut", importance: .low), .number("dropped", importance: .low),
    ]
    if batch != nil { columns.append(.number("steps")) }
    if price.pricePerMillion != nil { columns.append(.number("price")) }
    table = ResultTable(columns)
  }

  /// Adds what packing all conversations of a model at once comes to.
  mutating func add(_ model: String, _ lengths: LengthDistribution, _ training: TrainingTally?) {
    guard !lengths.isEmpty else { return }
    for limit in limits {
      for strategy in PackingStrategy.allCases {
        let isPadded = strategy == .padding
        let padded = isPadded ? training.map { lengths.padded(limit, training: $0) } : nil
        add(model, padded ?? lengths.packed(limit, strategy), strategy.rawValue, window: "all rows")
      }
    }
  }

  /// Adds what trainers come to with a model's conversations in their order.
  mutating func add(_ model: String, inOrder rows: [PackingRow], workers: Int) {
    guard !rows.isEmpty else { return }
    for limit in limits {
      for strategy in PackingStrategy.allCases where strategy != .padding {
        let trainer = TrainerPacking.trl(strategy, workers: workers)
        add(model, trainer.pack(rows, limit: limit), strategy.rawValue, window: trainer.name)
      }
      for trainer in [TrainerPacking.axolotl, .swift] {
        add(model, trainer.pack(rows, limit: limit), "sample_packing", window: trainer.name)
      }
    }
  }

  private mutating func add(_ model: String, _ result: PackingResult, _ strategy: String, window: String) {
    var cells: [ResultTable.Value] = [
      .text(model), .integer(result.limit), .text(strategy), .text(window), .integer(result.sequences),
      .decimal(result.utilization, digits: 4), .integer(result.tokens), .integer(result.tokensLost),
      .integer(result.cutConversations), .integer(result.droppedConversations),
    ]
    if let batch { cells.append(.integer(result.steps(batch: batch))) }
    if price.pricePerMillion != nil { cells.append(.decimal(price.price(of: result.tokens), digits: 2)) }
    table.add(cells)
  }
}
