import ChatTemplates
import Datasets
import JSON
import Support
import TokenStatistics
import Tokenizers

/// Reads and counts rows, with a counter and scratch memory of its own. It belongs to one thread.
struct RowCounter: ~Copyable {
  private let countsFallback: Bool
  private let notesRendered: Bool
  private let notesUnrendered: Bool
  private let keepsText: Bool
  private let turnLimits: [Int]
  private let controlTokens: ControlTokens
  private var counter: ConversationCounter
  /// Which members of rows were arguments of the template.
  var members = RowMembers()
  /// Whether system messages are left out before anything else.
  var dropsSystem = false
  /// Why conversations fail where only texts can be counted; nil where both can.
  var refusal: String?
  private var messages: [ChatMessage] = []

  /// Makes a row counter.
  ///
  /// - Parameters:
  ///   - counter: What counts the conversations.
  ///   - options: What is done with rows that fail, and what is noted of the others.
  ///   - controlTokens: The tokens that are looked for in texts.
  ///   - tokenizer: Encodes what was counted where the options ask for it.
  init(
    _ counter: consuming ConversationCounter, _ options: Scan.Options = Scan.Options(), controlTokens: ControlTokens,
    tokenizer: Tokenizer? = nil
  ) {
    self.counter = counter
    self.counter.findsTurns = options.findsTurns
    self.counter.countsWithoutSystem = options.countsWithoutSystem
    countsFallback = options.countsFallback
    notesRendered = options.notesRendered
    notesUnrendered = options.notesUnrendered
    keepsText = options.keepsText
    turnLimits = options.turnLimits
    self.controlTokens = controlTokens
    if options.encodes, let tokenizer { self.counter.encoder = tokenizer.makeEncoder() }
  }

  /// The seconds spent in chat templates so far, if they are measured.
  var renderingSeconds: Double { counter.renderingSeconds }

  /// Begins a batch, whose rows alone are counted until the next one begins.
  mutating func begin(_ batch: DatasetBatch) {
    counter.forgetTexts(sharingNext: batch.mayShareTexts)
    if refusal == nil { members.note(columns: batch.otherColumns, of: counter.renderer.renderer) }
  }

  /// Which members of rows were arguments so far, with what was found since the last call, which is told only once.
  mutating func takeMembers() -> RowMembers {
    let taken = members
    members.unrendered = UnrenderedMessages()
    return taken
  }

  /// What became of a row: an outcome for each sample that it makes; nil if the job does not select it.
  mutating func outcomes(
    of row: Int, in batch: DatasetBatch, for job: ScanJob, _ options: Scan.Options
  ) -> [RowOutcome]? {
    do throws(InputError) {
      try batch.checkLabels(of: row, columns: options.columns, limits: job.source.limits)
      guard try job.filters.includes(row, of: batch) else { return nil }
    } catch {
      return [.failed(RowFailure(row: batch.firstRow + row, error), raised: nil, legacyTokens: 0)]
    }
    return options.trainPolicy?.expandsTurns ?? false ? countAnswers(row, of: batch) : [count(row, of: batch)]
  }

  /// Counts the conversation of a row up to each of its answers; a row without one, or that is a text, as it is.
  private mutating func countAnswers(_ row: Int, of batch: DatasetBatch) -> [RowOutcome] {
    let isRead = (try? batch.readMessages(of: row, into: &messages)) != nil
    let answers = isRead ? messages.count { $0.role == .assistant } : 0
    guard answers > 1 else { return [count(row, of: batch, answers: answers)] }
    let unrendered = members.unrendered
    return (1...answers).map { answer in
      // The last sample has the messages of all others, each of which is told once.
      members.unrendered = unrendered
      return count(row, of: batch, answers: answer)
    }
  }

  /// Counts a row of `batch`.
  ///
  /// - Parameter answers: How many of its answers are counted; what follows the last of them is left out. 0 for all.
  mutating func count(_ row: Int, of batch: DatasetBatch, answers: Int = 0) -> RowOutcome {
    let score: Score
    let text: Range<Int>?
    var arguments: JSONObject
    do throws(InputError) {
      text = try batch.rowText(row)
      if let text, counter.readsMarks, ControlTokenMarks.areIn(batch.text.extracting(text)) {
        throw InputError(.messages, dataset: "", RowRenderer.markedText)
      }
      if text == nil, let refusal { throw InputError(.messages, dataset: "", refusal) }
      try batch.readMessages(of: row, into: &messages)
      if dropsSystem {
        messages.removeAll { $0.role == .system }
        if messages.isEmpty {
          throw InputError(.messages, dataset: "", "all messages are the system's")
        }
      }
      if answers > 0 { keepAnswers(answers) }
      score = try batch.score(of: row)
      arguments = try batch.arguments(of: row)
      if text == nil { arguments = members.arguments(arguments, of: counter.renderer.renderer) }
    } catch {
      return .failed(RowFailure(row: batch.firstRow + row, error), raised: nil, legacyTokens: 0)
    }
    let (repairs, failures) = (counter.repairCount, counter.failureCount)
    var count: ConversationCount
    var raised: String?
    do throws(TemplateError) {
      if let text {
        count = counter.countText(text, of: batch.text)
      } else {
        count = try counter.count(messages, of: batch.text, arguments: arguments)
      }
    } catch {
      if error.origin == .malformed {
        let failure = RowFailure(
          row: batch.firstRow + row, kind: .messages, message: batch.encodingFault(of: messages) ?? error.message)
        return .failed(failure, raised: nil, legacyTokens: 0)
      }
      raised = error.message
      count = counter.countJoined(messages, of: batch.text)
      guard countsFallback else {
        let failure = RowFailure(row: batch.firstRow + row, kind: .template, message: error.placed)
        return .failed(failure, raised: raised, legacyTokens: count.legacyTokens)
      }
    }
    guard counter.repairCount == repairs else {
      let fault = batch.encodingFault(of: messages) ?? "a message is not UTF-8"
      let failure = RowFailure(row: batch.firstRow + row, kind: .messages, message: fault)
      return .failed(failure, raised: raised, legacyTokens: 0)
    }
    if counter.failureCount != failures, let reason = counter.lastFailure {
      let failure = RowFailure(row: batch.firstRow + row, kind: .messages, message: reason.description)
      return .failed(failure, raised: raised, legacyTokens: 0)
    }
    var ids: [TokenID] = []
    do throws(TokenizerError) {
      ids = try counter.encodedTokens()
    } catch {
      let failure = RowFailure(row: batch.firstRow + row, kind: .messages, message: error.description)
      return .failed(failure, raised: raised, legacyTokens: 0)
    }
    var conversation = CountedConversation(
      row: CountedRow(row: batch.firstRow + row, label: batch.label(of: row), score: score, count: count),
      messages: messages, spans: counter.spans, renderedBytes: counter.renderedBytes, trained: counter.trained,
      ids: ids,
      controlTokens: controlTokens.found(in: messages, of: batch.text, arguments: arguments))
    if text == nil, raised == nil {
      conversation.listFault = counter.listFault(of: messages)
      members.unrendered.note(
        messages, of: batch.text, arguments, rendered: counter.chat, by: counter.renderer.renderer)
    }
    conversation.trainedBy = counter.trainedBy
    conversation.media = raised == nil ? counter.media : .unplaced(of: messages)
    if notesRendered, raised == nil {
      conversation.rendered =
        text == nil ? counter.renderedFacts(messages, of: batch.text, arguments) : counter.textFacts()
    }
    if notesUnrendered, raised == nil, text == nil {
      conversation.unrendered = counter.unrendered(messages, of: batch.text, arguments)
    }
    if keepsText { conversation.parts = counter.parts }
    let limits = turnLimits.filter { conversation.row.count.length > $0 }
    if text == nil, raised == nil, !limits.isEmpty {
      conversation.shortened = counter.shortened(messages, of: batch.text, arguments, to: limits)
    }
    if let raised { return .fallback(conversation, raised: raised) }
    return .counted(conversation)
  }

  /// Leaves out what follows the first answers of the messages.
  private mutating func keepAnswers(_ answers: Int) {
    let places = messages.indices.filter { messages[$0].role == .assistant }
    if places.count >= answers { messages.removeSubrange((places[answers - 1] + 1)...) }
  }
}

extension RenderedMedia {
  /// What becomes of the images of messages that no template was applied to.
  fileprivate static func unplaced(of messages: [ChatMessage]) -> RenderedMedia {
    var media = RenderedMedia()
    media.parts = messages.reduce(0) { $0 + $1.media.count }
    if media.parts > 0 { media.faults[.noPlace] = media.parts }
    return media
  }
}

/// A model's row counter in a place of its own, so that a thread can keep it from dataset to dataset.
///
/// It is not `Sendable`: it belongs to one thread. What it has learned is large, so a thread keeps no more than one.
final class ModelCounter {
  private let model: String
  var counter: RowCounter

  init(_ model: String, _ counter: consuming RowCounter) {
    self.model = model
    self.counter = counter
  }

  /// Whether it counts conversations of a model.
  func counts(_ model: String) -> Bool { self.model.hasSameBytes(as: model) }
}
