import JSON
public import Support

/// The lengths of one side of pairs, row by row, so that the other side's can be put beside them, whichever run or part
/// counted either.
public struct SideRows: Sendable, Equatable {
  /// Rows that follow one another.
  private struct Run: Equatable {
    /// The number of the first row.
    var first: Int
    /// Tokens of each row in order, and of its prompt; -1 where they are not known. No conversation is longer than
    /// ``LengthDistribution/maximumLength``, so 32 bits do.
    var lengths: [Int32] = []
    var prompts: [Int32] = []
  }

  /// The name that both sides have in common.
  public let pair: TextKey
  /// Whether these are the preferred answers.
  public let isChosen: Bool
  private var runs: [Run] = []

  /// Makes a side without rows.
  public init(pair: TextKey, isChosen: Bool) {
    self.pair = pair
    self.isChosen = isChosen
  }

  /// Adds a row that comes after all others.
  ///
  /// - Parameters:
  ///   - row: the row's number in the dataset, from 0.
  ///   - length: its tokens; nil where it failed.
  ///   - prompt: the tokens of its prompt; nil where they are not known.
  public mutating func add(_ row: Int, length: Int?, prompt: Int?) {
    if runs.isEmpty { runs.append(Run(first: row)) }
    runs[runs.count - 1].lengths.append(Self.stored(length))
    runs[runs.count - 1].prompts.append(Self.stored(prompt))
  }

  /// Adds other rows of the same side, from wherever in the dataset they are.
  public mutating func merge(_ other: SideRows) {
    runs = (runs + other.runs).sorted { $0.first < $1.first }
  }

  /// Whether two sides have the same rows, however they came together.
  public static func == (left: SideRows, right: SideRows) -> Bool {
    left.pair == right.pair && left.isChosen == right.isChosen && left.joined == right.joined
  }

  /// All rows as one run: what is stored does not show how a dataset was divided.
  private var joined: Run? {
    guard let first = runs.first else { return nil }
    return Run(first: first.first, lengths: runs.flatMap(\.lengths), prompts: runs.flatMap(\.prompts))
  }

  /// The lengths of all rows in order; nil for one that failed.
  var lengths: [Int?] { runs.flatMap { $0.lengths.map(Self.known) } }

  /// The tokens of all rows' prompts in order; nil where they are not known.
  var prompts: [Int?] { runs.flatMap { $0.prompts.map(Self.known) } }

  private static func stored(_ tokens: Int?) -> Int32 { tokens.map { Int32(clamping: $0) } ?? -1 }

  private static func known(_ tokens: Int32) -> Int? { tokens < 0 ? nil : Int(tokens) }
}

extension PairSummary {
  /// Puts both sides of pairs side by side.
  ///
  /// - Parameters:
  ///   - names: the full names of the datasets.
  ///   - limits: length limits in tokens.
  public init(names: (chosen: String, rejected: String), _ chosen: SideRows, _ rejected: SideRows, limits: [Int]) {
    let (first, second) = (chosen.lengths, rejected.lengths)
    let lengths = (0..<max(first.count, second.count)).map { row in
      (chosen: row < first.count ? first[row] : nil, rejected: row < second.count ? second[row] : nil)
    }
    // The prompt is in both conversations, and counts where both were counted.
    let prompts = zip(lengths, chosen.prompts).compactMap { lengths, prompt in
      lengths.chosen == nil || lengths.rejected == nil ? nil : prompt
    }
    self.init(names: names, lengths: lengths, prompts: prompts, limits: limits)
  }
}

extension SideRows {
  /// The member of a checkpoint.
  static let key = "side"

  var json: JSONValue {
    .fields([
      ("pair", .string(pair.text)), ("chosen", .bool(isChosen)),
      (
        "rows",
        .array(
          [joined].compactMap(\.self).map { run in
            .fields([
              ("first", .number(run.first)), ("lengths", .numbers(run.lengths.map(Int.init))),
              ("prompts", .numbers(run.prompts.map(Int.init))),
            ])
          })
      ),
    ])
  }

  /// Reads the member of a checkpoint; nil where it holds none.
  init?(optional fields: FieldReader) throws(FileError) {
    guard let stored = try fields.optionalObject(Self.key) else { return nil }
    self.init(pair: TextKey(try stored.text("pair")), isChosen: try stored.flag("chosen"))
    for value in try stored.optionalArray("rows") ?? [] {
      let run = try FieldReader(value, place: Self.key)
      let (lengths, prompts) = (try run.integers("lengths"), try run.integers("prompts"))
      guard lengths.count == prompts.count, (lengths + prompts).allSatisfy({ -1...Int(Int32.max) ~= $0 }) else {
        throw FileError(field: Self.key, reason: "lengths and prompts are none of the same rows")
      }
      runs.append(
        Run(first: try run.count("first"), lengths: lengths.map(Int32.init), prompts: prompts.map(Int32.init)))
    }
  }
}
