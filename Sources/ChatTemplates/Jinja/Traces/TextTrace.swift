/// What a recording knows of a text that it follows.
final class TextTrace {
  let recorder: TraceRecorder
  /// Which part of a message the text is; nil where it was put together of several.
  let source: TracedSource?

  init(_ recorder: TraceRecorder, source: TracedSource?) {
    self.recorder = recorder
    self.source = source
  }
}

/// A part of a message's content, which each conversation of a shape has.
struct TracedSource: Equatable {
  /// The message's index.
  let message: Int
  /// What was cut off, in order.
  var cuts: [TextCut] = []

  /// The part in the contents of a conversation.
  @inline(__always)
  func text(in contents: MessageContents) -> JinjaText {
    var text = contents[message]
    for index in cuts.indices { text = cuts[index].part(of: text) }
    return text
  }
}

/// A way to a part of a text that needs to be looked at for that.
enum TextCut: Equatable {
  case trimmed(TextSearch.Sides, of: JinjaText?)
  /// What is before the first of some other texts, or all.
  case beforeFirst(JinjaText)
  /// What is behind the last of some other texts, or all.
  case afterLast(JinjaText)

  func part(of text: JinjaText) -> JinjaText {
    switch self {
    case .trimmed(let sides, let characters): return TextSearch.trimmed(text, sides, of: characters)
    case .beforeFirst(let separator):
      return TextSearch.find(separator, in: text).map { text.slice(0..<$0) } ?? text
    case .afterLast(let separator):
      // As a search from the left finds them one after the other.
      var start = 0
      while let found = TextSearch.find(separator, in: text, from: start) { start = found + separator.count }
      return start == 0 ? text : text.slice(start..<text.count)
    }
  }

  /// The other text that the cut needs.
  fileprivate var operand: JinjaText? {
    switch self {
    case .trimmed(_, let characters): characters
    case .beforeFirst(let separator), .afterLast(let separator): separator
    }
  }

  /// The cut with an operand that stays when the rendering ends.
  fileprivate var kept: TextCut {
    switch self {
    case .trimmed(let sides, let characters): .trimmed(sides, of: characters.map { JinjaText($0.array) })
    case .beforeFirst(let separator): .beforeFirst(JinjaText(separator.array))
    case .afterLast(let separator): .afterLast(JinjaText(separator.array))
    }
  }

  static func == (left: TextCut, right: TextCut) -> Bool {
    switch (left, right) {
    case (.trimmed(let a, let b), .trimmed(let c, let d)):
      a == c && (b == nil) == (d == nil) && (b?.array ?? []) == (d?.array ?? [])
    case (.beforeFirst(let a), .beforeFirst(let b)), (.afterLast(let a), .afterLast(let b)): a.equals(b)
    default: false
    }
  }
}

/// A question about a text that is answered with yes or no.
enum TextQuestion {
  case equals, contains, hasPrefix, hasSuffix

  func answer(for text: JinjaText, _ other: JinjaText) -> Bool {
    switch self {
    case .equals: text.equals(other)
    case .contains: TextSearch.contains(text, other)
    case .hasPrefix: TextSearch.hasPrefix(text, other)
    case .hasSuffix: TextSearch.hasSuffix(text, other)
    }
  }
}

extension JinjaText {
  /// Asks a text that a recording follows about another one; nil where only looking at it can tell.
  func ask(_ question: TextQuestion, _ other: JinjaText) -> Bool? {
    guard !other.isTraced, let trace, let source = trace.source, let text = untraced else { return nil }
    let answer = question.answer(for: text, other)
    trace.recorder.add(TracedQuestion(question, source, JinjaText(other.array)), answer: answer)
    return answer
  }

  /// A part of a text that a recording follows, as one that it follows too; nil where only looking at it can tell.
  func cut(_ cut: TextCut) -> JinjaText? {
    guard !(cut.operand?.isTraced ?? false), let trace, var source = trace.source, let text = untraced else {
      return nil
    }
    trace.recorder.add(weight: 1)
    source.cuts.append(cut.kept)
    return JinjaText(tracing: cut.part(of: text).bytes, as: TextTrace(trace.recorder, source: source))
  }
}
