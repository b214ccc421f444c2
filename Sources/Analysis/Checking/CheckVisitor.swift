import ChatTemplates
public import Counting
public import Datasets
import Support
import TokenStatistics

/// Looks at every row of a source for what a training run would stumble over.
///
/// The scan must note rendered facts (``Scan/Options/notesRendered``).
public struct CheckVisitor: RowVisitor {
  /// How rows are checked.
  public struct Settings: Sendable {
    /// The longest conversation that is trained whole, in tokens; nil for no limit.
    public var maximumLength: Int?
    /// How many rows of each kind are kept as examples.
    public var examples = 3
    /// The most rows of a source that are compared with one another.
    var comparedRows = RowDigests.usualCapacity

    /// Makes settings without a limit.
    public init() {}
  }

  /// What the rows of a source showed.
  public struct Summary: RowSummary {
    /// What was found, by kind.
    var findings: [CheckKind: CheckFinding] = [:]
    /// The exact counts of the conversations.
    var tally = LabelTally()
    var digests: RowDigests
    fileprivate let examples: Int

    fileprivate init(_ settings: Settings) {
      digests = RowDigests(capacity: settings.comparedRows)
      examples = settings.examples
    }

    /// Adds what the rows that follow showed.
    public mutating func append(_ next: Summary) {
      for (kind, finding) in next.findings {
        findings[kind, default: CheckFinding()].append(finding, keeping: examples)
      }
      tally.merge(next.tally)
      digests.append(next.digests)
    }

    mutating func note(_ kind: CheckKind, _ example: CheckFinding.Example) {
      findings[kind, default: CheckFinding()].add(example, keeping: examples)
    }
  }

  /// Rows after which collected lengths become distributions, so that memory does not grow with the source.
  private static let flushThreshold = 1 << 16

  private let settings: Settings
  private var summary: Summary
  private var collector = LengthCollector()
  private var pending = 0
  private var messages: [ChatMessage] = []

  /// Makes a visitor that has seen no row.
  public init(_ settings: Settings) {
    self.settings = settings
    summary = Summary(settings)
  }

  /// Takes a row.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    switch outcome {
    case .counted(let conversation), .fallback(let conversation, _):
      check(conversation, in: batch)
    case .failed(let failure, _, _):
      note(failure.kind == .template ? .templateError : .unreadable, failure.row, failure.message, in: batch)
      // What the messages are is told all the same, where they can be read.
      guard failure.kind == .template,
        (try? batch.readMessages(of: failure.row - batch.firstRow, into: &messages)) != nil
      else { return }
      checkMessages(messages, of: failure.row, in: batch)
    }
  }

  private mutating func check(_ conversation: CountedConversation, in batch: DatasetBatch) {
    let row = conversation.row.row
    let length = conversation.row.count.length
    collector.add(conversation)
    pending += 1 + conversation.spans.count / 8
    if pending >= Self.flushThreshold { flush() }
    checkTarget(conversation, in: batch)
    if !conversation.isText {
      checkMessages(conversation.messages, of: row, in: batch)
    } else if length == 0 {
      note(.emptyContent, row, "the text has no tokens", in: batch)
    }
    if let limit = settings.maximumLength, length > limit {
      note(.overLimit, row, "\(NumberFormat.grouped(length)) tokens", in: batch)
    }
    if !conversation.controlTokens.isEmpty {
      let tokens = conversation.controlTokens.map { $0.count == 1 ? $0.text : "\($0.text) (\($0.count) times)" }
      note(.controlTokens, row, "the text holds \(tokens.joined(separator: ", "))", in: batch)
    }
    let media = conversation.media
    if media.parts > media.counted {
      let parts = media.parts - media.counted
      let reasons = MediaFault.allCases.compactMap { media.faults[$0] == nil ? nil : $0.reason }.joined(separator: ", ")
      note(
        .media, row, (parts == 1 ? "1 part is no text" : "\(parts) parts are no text") + " (\(reasons))", in: batch)
    }
    guard let rendered = conversation.rendered else { return }
    // Of two questions about images only the images may differ, which nobody has compared.
    if media.parts == 0 {
      summary.digests.add(
        RowDigests.Entry(row: row, line: batch.line(of: row - batch.firstRow) ?? 0, digest: rendered.digest))
    }
    if !rendered.unrendered.isEmpty {
      note(.notRendered, row, Self.words(rendered.unrendered), in: batch)
    }
  }

  /// Notes a conversation of which nothing is trained, by the rule of ``LimitSummary/withoutTarget``.
  private mutating func checkTarget(_ conversation: CountedConversation, in batch: DatasetBatch) {
    guard let first = TrainedPlaces(conversation).first else {
      return note(.noTarget, conversation.row.row, "no token is trained", in: batch)
    }
    guard let limit = settings.maximumLength, first >= limit else { return }
    note(
      .noTarget, conversation.row.row, "training begins behind \(NumberFormat.grouped(first)) tokens", in: batch)
  }

  private mutating func checkMessages(_ messages: [ChatMessage], of row: Int, in batch: DatasetBatch) {
    let checks = MessageChecks(messages)
    if let fault = checks.lastFault { note(.lastNotAssistant, row, fault, in: batch) }
    if let fault = checks.emptyFault(in: batch.text) { note(.emptyContent, row, fault, in: batch) }
    if let fault = checks.rolesFault { note(.roles, row, fault, in: batch) }
    if let fault = checks.toolFault(in: batch.text) { note(.toolResultWithoutCall, row, fault, in: batch) }
  }

  private static func words(_ members: [RenderedFacts.UnrenderedMember]) -> String {
    members.map { member in
      let place = member.message.map { "\(member.name) of message \($0)" } ?? "\(member.name) of the row"
      return "\(place) (\(NumberFormat.grouped(member.bytes)) byte\(member.bytes == 1 ? "" : "s"))"
    }.joined(separator: ", ")
  }

  private mutating func note(_ kind: CheckKind, _ row: Int, _ message: String, in batch: DatasetBatch) {
    summary.note(
      kind, CheckFinding.Example(row: row, line: batch.line(of: row - batch.firstRow), message: message))
  }

  /// What the rows showed.
  public consuming func finish() -> Summary {
    flush()
    return summary
  }

  private mutating func flush() {
    summary.tally.merge(collector.tally())
    collector = LengthCollector()
    pending = 0
  }
}
