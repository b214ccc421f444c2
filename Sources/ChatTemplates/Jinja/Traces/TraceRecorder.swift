/// Notes down what one rendering asks of the messages' contents, which are the only thing that differs between
/// conversations of one shape.
///
/// The contents are given to the template as texts with a ``TextTrace``. They can be printed, put together with others,
/// trimmed and asked the questions of ``TextQuestion``; what else is done with one ends the recording, because then the
/// text's bytes or its length may decide about anything.
final class TraceRecorder {
  /// The questions in the order in which they were asked first.
  private(set) var answers: [(question: TracedQuestion, isYes: Bool)] = []
  private(set) var generations: [TracedGeneration] = []
  /// At least the number of contents that are parts of texts that were made, printed, asked or accounted for.
  private(set) var weight = 0
  /// Whether all that was done with the contents is known.
  private(set) var isComplete = true

  /// More is not noted down: such a rendering takes its time anyway.
  private static let maximumAnswers = 512

  func giveUp() { isComplete = false }

  func add(weight added: Int) {
    let (sum, overflow) = weight.addingReportingOverflow(added)
    weight = sum
    if overflow { giveUp() }
  }

  func add(_ question: TracedQuestion, answer: Bool) {
    add(weight: 1)
    // What is asked again has the same answer, and what is asked after the end of the recording leads nowhere.
    guard isComplete, !answers.contains(where: { $0.question == question }) else { return }
    guard answers.count < Self.maximumAnswers else { return giveUp() }
    answers.append((question, answer))
  }

  /// Notes what a `{% generation %}` block printed.
  ///
  /// - Parameters:
  ///   - start: offset of its first byte.
  ///   - insertions: number of texts before it that the recording follows.
  func addGeneration(of text: JinjaText, at start: Int, after insertions: Int) {
    var generation = TracedGeneration(start: start, insertions: insertions)
    for piece in text.unjoinedPieces ?? [text] {
      if let source = piece.trace?.source {
        generation.sources.append(source)
      } else {
        generation.literalCount += piece.count
      }
    }
    generations.append(generation)
  }
}

/// A question about a part of a message.
struct TracedQuestion: Equatable {
  private let question: TextQuestion
  private let source: TracedSource
  private let other: JinjaText

  /// - Parameter other: what the part is compared with; it stays when the rendering ends.
  init(_ question: TextQuestion, _ source: TracedSource, _ other: JinjaText) {
    self.question = question
    self.source = source
    self.other = other
  }

  /// The answer for the contents of a conversation.
  @inline(__always)
  func answer(for contents: MessageContents) -> Bool { question.answer(for: source.text(in: contents), other) }

  static func == (left: TracedQuestion, right: TracedQuestion) -> Bool {
    left.question == right.question && left.source == right.source && left.other.equals(right.other)
  }
}

/// What a `{% generation %}` block printed while it was recorded.
struct TracedGeneration {
  /// Offset of its first byte.
  let start: Int
  /// Number of texts before it that the recording follows.
  let insertions: Int
  /// Bytes of the template in it.
  var literalCount = 0
  /// Parts of messages in it.
  var sources: [TracedSource] = []
}
