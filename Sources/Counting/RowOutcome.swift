public import ChatTemplates
public import Datasets
import Support
public import TokenStatistics
public import Tokenizers

/// The tokens of one conversation.
public struct ConversationCount: Sendable, Hashable {
  /// The tokens by kind; their sum is the conversation's length.
  public var kinds = TokensByKind()
  /// The tokens of the same conversation without its system messages; all of them where nobody asks.
  public var tokensWithoutSystem = 0
  /// The tokens that the original script would have counted.
  public var legacyTokens = 0
  /// The tokens that transformers' assistant mask marks; nil where the template has no `{% generation %}` blocks.
  public var assistantMaskTokens: Int?
  /// Where the prompt and the last turn end; nil where that is not known, as for contents without a template.
  public var turns: TurnPlaces?

  /// Makes a count of nothing.
  public init() {}

  /// The conversation's length in tokens.
  public var length: Int { kinds.total }
}

/// One row of a dataset with its tokens.
public struct CountedRow: Sendable, Hashable {
  /// The row's number in the dataset, from 0.
  public var row: Int
  /// The row's label; nil if it has none.
  public var label: String?
  /// The row's score.
  public var score: Score
  /// The row's tokens.
  public var count: ConversationCount

  /// Makes a row from its parts.
  public init(row: Int, label: String?, score: Score, count: ConversationCount) {
    self.row = row
    self.label = label
    self.score = score
    self.count = count
  }
}

/// A run of tokens of one kind in a rendered conversation.
public struct TokenSpan: Sendable, Hashable {
  /// What the tokens are for.
  public let kind: TokenKind
  /// How many there are.
  public let tokens: Int
}

/// A run of rendered text of one kind, with its tokens.
public struct TextPart: Sendable, Hashable {
  /// What the text is for.
  public let kind: TokenKind
  /// Its tokens.
  public let tokens: Int
  /// The text.
  public let bytes: [UInt8]

  /// A rendered conversation divided by kind.
  static func parts(of chat: RenderedChat, _ spans: [TokenSpan]) -> [TextPart] {
    let bytes = chat.bytes
    let ends = chat.spans.map(\.end)
    let added = spans.count - ends.count
    var start = 0
    return spans.enumerated().map { index, span in
      let end = index < added ? start : ends[index - added]
      defer { start = end }
      return TextPart(kind: span.kind, tokens: span.tokens, bytes: Array(bytes[start..<end]))
    }
  }
}

/// How often a control token stands in the texts of a conversation.
public struct ControlTokenCount: Sendable, Hashable {
  /// The token's text.
  public let text: String
  /// How often.
  public let count: Int
}

/// The sizes of a conversation's message contents as stored.
public struct ContentSize: Sendable, Hashable {
  /// In bytes of UTF-8.
  public private(set) var bytes = 0
  /// In Unicode scalars.
  public private(set) var characters = 0

  /// Makes a size of nothing.
  public init() {}

  /// Adds the bytes of one content; every byte that does not continue a scalar begins one.
  public mutating func add(_ text: RawSpan) {
    bytes += text.byteCount
    characters += text.byteCount - text.continuationCount
  }
}

/// A counted row, with what was rendered and the order of its tokens.
public struct CountedConversation: Sendable {
  /// The row and its tokens.
  public let row: CountedRow
  /// The messages that were rendered; their ranges point into the batch's text.
  public let messages: [ChatMessage]
  /// The tokens by kind, in the order in which they lie in the conversation.
  public let spans: [TokenSpan]
  /// Whether the row is a text and no conversation, to which no rule of chats applies.
  public var isText: Bool { messages.isEmpty || messages.count == 1 && messages[0].role == .other("text") }
  /// The size of the rendered text in bytes.
  public let renderedBytes: Int
  /// The positions of the tokens that are trained, as ascending ranges; nil where no policy was asked for.
  public internal(set) var trained: [Range<Int>]?
  /// How many tokens each of the scan's policies trains.
  public internal(set) var trainedBy: [Int] = []
  /// The tokens; empty where they were not asked for.
  public internal(set) var ids: [TokenID] = []
  /// The rendered text, divided by kind; empty where it was not asked for.
  public internal(set) var parts: [TextPart] = []
  /// The control tokens that stand in the texts of the messages, with how often each does; nearly always none.
  public internal(set) var controlTokens: [ControlTokenCount] = []
  /// What the template did wrong with a content that is a list of parts; nearly always nothing.
  public internal(set) var listFault: ListContentFault?
  /// What became of its images, sounds and films; nearly always there are none.
  public internal(set) var media = RenderedMedia()
  /// What of it does not reach the rendered text; empty unless the scan asks for it, and nearly always.
  public internal(set) var unrendered: [RenderedFacts.UnrenderedMember] = []
  /// What only the rendered text tells; nil unless the scan asks for it, or where the template raised.
  public internal(set) var rendered: RenderedFacts?
  /// What is left without the oldest turns, at each limit of the scan that the conversation is longer than.
  public internal(set) var shortened: [ShortenedConversation] = []

  /// The sizes of the messages' contents.
  ///
  /// - Parameter batch: the batch that the row is from.
  public func contentSize(in batch: DatasetBatch) -> ContentSize {
    var size = ContentSize()
    for message in messages { size.add(batch.text.extracting(message.content)) }
    return size
  }
}

/// What became of a row that was selected.
public enum RowOutcome: Sendable {
  /// The conversation was counted as its template renders it.
  case counted(CountedConversation)
  /// The template raised; the conversation was counted by its contents joined by a space.
  case fallback(CountedConversation, raised: String)
  /// The row is left out.
  ///
  /// - `raised`: what the template raised, if that is the reason.
  /// - `legacyTokens`: what the original script would have counted for it.
  case failed(RowFailure, raised: String?, legacyTokens: Int)

  /// The conversation, unless the row is left out.
  public var conversation: CountedConversation? {
    switch self {
    case .counted(let conversation), .fallback(let conversation, _): conversation
    case .failed: nil
    }
  }

  /// The conversation's length in tokens; 0 where the row is left out.
  var length: Int {
    switch self {
    case .counted(let conversation), .fallback(let conversation, _): conversation.row.count.length
    case .failed: 0
    }
  }

  /// What the template raised, whether the row was counted nevertheless or not.
  public var raised: String? {
    switch self {
    case .counted: nil
    case .fallback(_, let raised): raised
    case .failed(_, let raised, _): raised
    }
  }
}

/// How many rows were read, selected and left out, and the first of the latter.
public struct RowTotals: Sendable, Equatable {
  /// The rows read.
  public var rows = 0
  /// The rows that the selection takes, failed ones included.
  public var selected = 0
  /// What became of the images, sounds and films of the others.
  public private(set) var media = RenderedMedia()
  /// Which members of them were arguments of the template.
  public internal(set) var members = RowMembers()
  /// The rows that were left out because they failed.
  public private(set) var failed = 0
  /// The failed rows with the smallest numbers, ascending, at most ``DatasetTally/keptFailures``.
  public private(set) var failures: [RowFailure] = []

  /// The members that policies ask messages for and no message has; nil where nobody asks.
  public private(set) var missingFields: [String]?

  /// Makes totals of nothing.
  public init() {}

  /// What is said of members that no message has; nil where there are none such.
  public var fieldNotice: String? {
    guard let fields = missingFields, !fields.isEmpty else { return nil }
    return Self.notice(ofMissing: fields)
  }

  /// What is said of members that policies ask messages for and no message has.
  static func notice(ofMissing fields: [String]) -> String {
    "no message that was read has a member \(fields.joined(separator: " or ")), which --train asks for: what "
      + "assistants say is trained instead"
  }

  /// What is said where a job's selection takes none of the rows.
  public func emptySelection(of job: ScanJob) -> String {
    "none of the \(rows) rows of \(job.source.path) matches \(job.filters.selectionText)"
  }

  /// Records a row that is left out; rows come in order.
  mutating func record(_ failure: RowFailure) {
    failed += 1
    if failures.count < DatasetTally.keptFailures { failures.append(failure) }
  }

  /// Records what became of a row that is no failure.
  ///
  /// - Parameter fields: The members that policies ask messages for.
  mutating func record(_ outcome: RowOutcome, fields: [String]) {
    guard let conversation = outcome.conversation else { return }
    if conversation.media.parts > 0 { media.add(conversation.media) }
    // A text has no messages, and is trained whole.
    guard !(missingFields ?? fields).isEmpty, !conversation.isText else { return }
    missingFields = (missingFields ?? fields).filter { !TrainingMask.isAsked($0, of: conversation.messages) }
  }

  /// Adds the totals of the rows that follow.
  public mutating func append(_ next: RowTotals) {
    if let more = next.missingFields { missingFields = missingFields?.filter(more.contains) ?? more }
    rows += next.rows
    selected += next.selected
    failed += next.failed
    media.add(next.media)
    members.merge(next.members)
    failures += next.failures.prefix(DatasetTally.keptFailures - failures.count)
  }
}
