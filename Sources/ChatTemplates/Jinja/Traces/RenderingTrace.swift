/// What a rendering printed: texts of the template's own, and parts of messages.
///
/// Conversations of the same shape whose contents answer the rendering's questions alike have the same trace.
final class RenderingTrace {
  /// A part of what was printed: bytes of ``literals``, or a part of a message.
  private struct Step {
    var start: UInt32 = 0
    var end: UInt32 = 0
    var origin = TextOrigin.template
    /// The number of the part among ``sources``; -1 for bytes of the template.
    var source: Int32 = -1
  }

  /// What a `{% generation %}` block printed.
  private struct Generation {
    /// Number of parts of messages before it.
    let parts: Int
    /// Number of bytes between the last of them and its first byte.
    let distance: Int
    /// Bytes of the template in it.
    let literalCount: Int
    /// Parts of messages in it.
    let sources: [TracedSource]
  }

  private let steps: UnsafeMutableBufferPointer<Step>
  /// Parts of messages, in the order in which they were printed.
  private let sources: UnsafeMutableBufferPointer<TracedSource>
  private let literals: UnsafeMutableRawBufferPointer
  private let generations: [Generation]
  private let weight: Int

  /// Takes over what was recorded; nil where something else was done with the contents than can be done again.
  ///
  /// - Parameter firstInput: number of the first input that is a message's.
  init?(_ recorder: TraceRecorder, _ output: borrowing TextOutput, firstInput: Int) {
    guard recorder.isComplete else { return nil }
    var steps: [Step] = []
    var sources: [TracedSource] = []
    var bytes: [UInt8] = []
    for piece in output.tracedPieces {
      if let source = piece.trace?.source {
        steps.append(Step(source: Int32(sources.count)))
        sources.append(source)
        continue
      }
      let start = bytes.count
      bytes += piece.array
      var runStart = start
      for run in piece.runs {
        // What comes from a message without a trace would be another text in another conversation.
        guard run.origin.number < firstInput else { return nil }
        let end = start + Int(run.end)
        steps.append(Step(start: UInt32(runStart), end: UInt32(end), origin: run.origin))
        runStart = end
      }
    }
    let ends = [0] + output.insertions.map(\.end)
    generations = recorder.generations.map { block in
      Generation(
        parts: block.insertions, distance: block.start - ends[block.insertions], literalCount: block.literalCount,
        sources: block.sources)
    }
    weight = recorder.weight
    self.steps = .allocate(capacity: steps.count)
    _ = self.steps.initialize(from: steps)
    self.sources = .allocate(capacity: sources.count)
    _ = self.sources.initialize(from: sources)
    literals = .allocate(byteCount: max(1, bytes.count), alignment: 1)
    literals.copyBytes(from: bytes)
  }

  deinit {
    steps.deallocate()
    sources.deinitialize()
    sources.deallocate()
    literals.deallocate()
  }

  /// Bytes of memory that the trace takes, roughly.
  var size: Int { literals.count + steps.count * MemoryLayout<Step>.stride + sources.count * 64 + 256 }

  /// Whether no limit can stop the rendering of contents of these sizes.
  ///
  /// The recording itself was done within an eighth of the limits, and what grew with the contents grew by no more than the
  /// largest of them for each unit of the weight.
  func isWithin(_ limits: TemplateLimits, largest: Int) -> Bool {
    let (bytes, overflow) = weight.multipliedReportingOverflow(by: largest + 8)
    return !overflow && bytes <= limits.outputBytes / 2 && bytes / 8 <= limits.steps / 2
  }

  /// Prints what the template prints for the contents of a conversation.
  ///
  /// - Returns: what `{% generation %}` blocks printed.
  func render(_ contents: MessageContents, into output: inout TextOutput) -> [Range<Int>] {
    guard let literals = literals.baseAddress.map({ UnsafeRawPointer($0) }) else { return [] }
    var ends = generations.isEmpty ? [] : [0]
    for index in steps.indices {
      let step = steps[index]
      if step.source < 0 {
        output.append(JinjaText(borrowing: literals, start: step.start, end: step.end, origin: step.origin))
      } else {
        let source = sources[Int(step.source)]
        contents.write(source.text(in: contents), of: source.message, to: &output)
        if !ends.isEmpty { ends.append(output.size) }
      }
    }
    if ends.isEmpty { return [] }
    return generations.map { generation in
      let start = ends[generation.parts] + generation.distance
      return start..<generation.sources.reduce(start + generation.literalCount) { $0 + $1.text(in: contents).count }
    }
  }
}
