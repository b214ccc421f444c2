import ChatTemplates
import Counting
import Datasets
import Support
import TokenStatistics

/// Adds up the rows of a part of a source.
///
/// Lengths are collected row by row and become distributions in bulk, which sorts them once.
struct StatisticsVisitor: RowVisitor {
  /// The exact counts of the rows.
  struct Summary: RowSummary {
    fileprivate(set) var tally: DatasetTally

    mutating func append(_ next: Summary) { tally.merge(next.tally) }
  }

  private struct CellKey: Hashable {
    let score: Score
    let label: Int
  }

  /// Rows after which the collected lengths become distributions, so that memory does not grow with the source.
  private static let flushThreshold = 1 << 16

  private var tally = DatasetTally()
  private let groupColumns: [String]
  private var labels = Interner()
  private var cells: [CellKey: LengthCollector] = [:]
  private var groups: [[TextKey: LengthCollector]]
  private var extremes = LengthExtremes()
  private var pending = 0
  private let lengths: LengthsPart?
  private var samples: RowSamples?
  private let policies: [TextKey]

  /// - Parameter keptSamples: How many of the longest and of the shortest rows are kept with their texts, which the
  ///   scan must hand out.
  /// - Parameter policies: The scan's policies by name, where several are compared.
  init(
    groupColumns: [String] = [], keptSamples: Int = 0, policies: [TextKey] = [], lengths: LengthsPart? = nil,
    side: PairSide? = nil
  ) {
    self.policies = policies
    samples = keptSamples > 0 ? RowSamples(kept: keptSamples) : nil
    tally.side = side.map { SideRows(pair: $0.pair, isChosen: $0.isChosen) }
    self.groupColumns = groupColumns
    self.lengths = lengths
    groups = [[TextKey: LengthCollector]](repeating: [:], count: groupColumns.count)
  }

  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    tally.side?.add(outcome)
    if let raised = outcome.raised { tally.templateErrors[raised, default: 0] += 1 }
    switch outcome {
    case .counted(let conversation), .fallback(let conversation, _): add(conversation, in: batch)
    case .failed(let failure, _, let legacyTokens):
      tally.record(failure)
      tally.legacyTokens += legacyTokens
    }
  }

  private mutating func add(_ conversation: CountedConversation, in batch: DatasetBatch) {
    let row = conversation.row
    let count = row.count
    let key = CellKey(score: tally.kept(row.score), label: labels.index(of: row.label ?? ScoreTally.missingLabel))
    cells[key, default: LengthCollector()].add(conversation)
    for (index, column) in groupColumns.enumerated() {
      let value = batch.text(of: column, row: row.row - batch.firstRow) ?? ScoreTally.missingLabel
      groups[index][value, default: LengthCollector()].add(conversation)
    }
    let length = LengthExtremes.Row(row: row.row, tokens: count.length)
    extremes.add(length)
    if samples?.wants(length) ?? false { samples?.add(Self.sample(conversation, length)) }
    let content = conversation.contentSize(in: batch)
    tally.roles += count.kinds
    tally.tokensWithoutSystem += count.tokensWithoutSystem
    tally.legacyTokens += count.legacyTokens
    tally.bytes += content.bytes
    tally.characters += content.characters
    if let masked = count.assistantMaskTokens {
      tally.assistantMaskTokens = (tally.assistantMaskTokens ?? 0) + masked
    }
    for (policy, trained) in zip(policies, conversation.trainedBy) {
      tally.policies[policy, default: PolicyTally()].add(trained)
    }
    noteFindings(of: conversation)
    lengths?.add(row)
    // Collected are lengths, and the spans' borders.
    pending += 1 + conversation.spans.count / 8
    if pending >= Self.flushThreshold { flush() }
  }

  private static func sample(
    _ conversation: CountedConversation, _ row: LengthExtremes.Row
  ) -> RowSamples.Sample {
    RowSamples.Sample(
      row: row, score: conversation.row.score, label: conversation.row.label,
      parts: conversation.parts.map { part in
        RowSamples.Part(
          kind: part.kind.name, tokens: part.tokens, text: String(decoding: part.bytes, as: UTF8.self))
      })
  }

  /// Notes what a conversation holds beside text, which nearly all do not.
  private mutating func noteFindings(of conversation: CountedConversation) {
    let media = conversation.media
    guard
      media.parts > 0 || !conversation.controlTokens.isEmpty || conversation.listFault != nil
        || !conversation.unrendered.isEmpty
    else { return }
    var findings = tally.findings ?? ContentFindings()
    if let fault = conversation.listFault { findings.lists[TextKey(fault.rawValue), default: 0] += 1 }
    if media.parts > 0 { findings.add(media) }
    if !conversation.controlTokens.isEmpty { findings.conversationsWithControlTokens += 1 }
    for token in conversation.controlTokens { findings.controlTokens[TextKey(token.text), default: 0] += token.count }
    for member in conversation.unrendered { findings.notRendered[TextKey(member.name), default: 0] += member.bytes }
    tally.findings = findings
  }

  mutating func endBatch(_ batch: DatasetBatch) throws(InputError) { try lengths?.endBatch(batch) }

  consuming func finish() throws(InputError) -> Summary {
    try lengths?.finish()
    flush()
    tally.extremes = extremes
    tally.samples = samples
    return Summary(tally: tally)
  }

  private mutating func flush() {
    tally.makeRoom(for: Set(cells.keys.map(\.score)))
    for (key, cell) in cells {
      tally.scores[tally.kept(key.score), default: ScoreTally()].add(cell.tally(), label: labels[key.label])
    }
    for (column, values) in zip(groupColumns, groups) {
      for (value, cell) in values {
        tally.groups[column, default: [:]][value, default: LabelTally()].merge(cell.tally())
      }
    }
    cells.removeAll(keepingCapacity: true)
    groups = [[TextKey: LengthCollector]](repeating: [:], count: groupColumns.count)
    pending = 0
  }
}

/// Numbers for the few distinct labels of a source, which are compared by their bytes.
private struct Interner {
  private var texts: [String] = []
  private var numbers: [TextKey: Int] = [:]
  private var last = 0

  subscript(index: Int) -> String { texts[index] }

  mutating func index(of text: String) -> Int {
    if last < texts.count, texts[last].hasSameBytes(as: text) { return last }
    if let index = numbers[text] {
      last = index
      return index
    }
    last = texts.count
    numbers[text] = last
    texts.append(text)
    return last
  }
}
