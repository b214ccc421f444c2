public import ChatTemplates
public import Datasets
public import TokenStatistics

/// Reads and counts rows, with a counter and scratch memory of its own. It belongs to one thread.
public struct RowCounter: ~Copyable {
  private let countsFallback: Bool
  private let dropsSystem: Bool
  private var counter: ConversationCounter
  /// The messages of the last row.
  public private(set) var messages: [ChatMessage] = []
  /// What the template raised for the last row, whether it was counted otherwise or not.
  public private(set) var templateError: String?
  /// What the original script would have counted for the last row where it failed.
  public private(set) var failedLegacyTokens = 0

  /// Makes a row counter.
  ///
  /// - Parameters:
  ///   - counter: What counts the conversations.
  ///   - countsFallback: Whether a conversation whose template raises is counted by its joined contents.
  ///   - dropsSystem: Whether system messages are left out before anything else.
  public init(_ counter: consuming ConversationCounter, countsFallback: Bool, dropsSystem: Bool = false) {
    self.counter = counter
    self.countsFallback = countsFallback
    self.dropsSystem = dropsSystem
  }

  /// Counts a row of `batch`.
  ///
  /// - Throws: The row's failure; the counter may be used again.
  public mutating func count(_ row: Int, of batch: DatasetBatch) throws(RowFailure) -> CountedRow {
    templateError = nil
    failedLegacyTokens = 0
    try batch.readMessages(of: row, into: &messages)
    if dropsSystem {
      messages.removeAll { $0.role == .system }
      if messages.isEmpty {
        throw RowFailure(row: batch.firstRow + row, kind: .messages, message: "all messages are the system's")
      }
    }
    let score = try batch.score(of: row)
    var count: ConversationCount
    let repairs = counter.repairCount
    do throws(TemplateError) {
      count = try counter.count(messages, of: batch.text)
    } catch {
      templateError = error.message
      count = counter.countJoined(messages, of: batch.text)
      guard countsFallback else {
        failedLegacyTokens = count.legacyTokens
        throw RowFailure(row: batch.firstRow + row, kind: .template, message: error.message)
      }
    }
    guard counter.repairCount == repairs else {
      let fault = batch.encodingFault(of: messages) ?? "a message is not UTF-8"
      throw RowFailure(row: batch.firstRow + row, kind: .messages, message: fault)
    }
    return CountedRow(row: batch.firstRow + row, label: batch.label(of: row), score: score, count: count)
  }

  /// The seconds spent in chat templates so far, where they are measured.
  public var renderingSeconds: Double { counter.renderingSeconds }

  /// The assistant and thinking tokens of the last counted row at positions from `limit` on.
  public func assistantTokens(from limit: Int) -> Int { counter.assistantTokens(from: limit) }

  /// The sizes of the last row's message contents.
  public func contentSize(in batch: DatasetBatch) -> ContentSize {
    var size = ContentSize()
    for message in messages { size.add(batch.text.extracting(message.content)) }
    return size
  }
}
