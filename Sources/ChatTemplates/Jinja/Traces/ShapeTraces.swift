/// What renderings with the same arguments did, by the conversations' shapes and what their contents answered.
///
/// A shape is how many messages there are and their roles: beside the contents, all that a template can see of
/// conversations whose messages hold a role and a text and no more.
///
/// Shapes and questions are reached by pointers, so that looking one up counts no references and is not checked for others
/// at the same time.
final class ShapeTraces {
  /// What is known of one shape, or of one shape with some answers.
  fileprivate enum Knowledge {
    case nothing
    /// The engine must render.
    case engine
    case trace(Unmanaged<RenderingTrace>)
    case question(UnsafeMutablePointer<Node>)
  }

  /// A question and what is known after each answer.
  fileprivate struct Node {
    let question: TracedQuestion
    var yes = Knowledge.nothing
    var no = Knowledge.nothing
  }

  /// The messages' roles up to one of them.
  struct Shape {
    fileprivate var user: UnsafeMutablePointer<Shape>?
    fileprivate var assistant: UnsafeMutablePointer<Shape>?
    fileprivate var system: UnsafeMutablePointer<Shape>?
    fileprivate var tool: UnsafeMutablePointer<Shape>?
    fileprivate var isSeen = false
    fileprivate var knowledge = Knowledge.nothing
    fileprivate var leafCount = 0
  }

  /// What a conversation finds.
  enum Finding {
    case trace(Unmanaged<RenderingTrace>)
    /// The engine must render.
    case engine
    /// The engine must render, and recording that is worth its time.
    case unknown(UnsafeMutablePointer<Shape>)
  }

  /// All that was allocated, and the traces.
  private var shapes: [UnsafeMutablePointer<Shape>] = []
  private var nodes: [UnsafeMutablePointer<Node>] = []
  private var traces: [RenderingTrace] = []
  private let root: UnsafeMutablePointer<Shape>
  private var recordingCount = 0
  private var size = 0

  /// How many traces are kept.
  var traceCount: Int { traces.count }

  /// Longer conversations have shapes of their own nearly always.
  private static let maximumMessages = 128
  private static let maximumShapes = 2048
  /// Sets of answers of one shape.
  private static let maximumLeaves = 32
  /// Recordings that lead nowhere, after which a template counts as one that cannot be traced.
  private static let maximumTries = 12
  /// Bytes of memory for all.
  private static let maximumSize = 1 << 20

  init() {
    root = .allocate(capacity: 1)
    root.initialize(to: Shape())
  }

  deinit {
    for shape in shapes + [root] {
      shape.deinitialize(count: 1)
      shape.deallocate()
    }
    for node in nodes {
      node.deinitialize(count: 1)
      node.deallocate()
    }
  }

  /// Looks up a conversation.
  func find(_ messages: [ChatMessage], _ contents: MessageContents) -> Finding {
    guard messages.count <= Self.maximumMessages, let shape = shape(of: messages) else { return .engine }
    guard shape.pointee.isSeen else {
      shape.pointee.isSeen = true
      return .engine
    }
    var knowledge = shape.pointee.knowledge
    while case .question(let node) = knowledge {
      knowledge = node.pointee.question.answer(for: contents) ? node.pointee.yes : node.pointee.no
    }
    switch knowledge {
    case .trace(let trace): return .trace(trace)
    case .engine, .question: return .engine
    case .nothing: return isWorthRecording(shape) ? .unknown(shape) : .engine
    }
  }

  private func isWorthRecording(_ shape: UnsafeMutablePointer<Shape>) -> Bool {
    size < Self.maximumSize && shape.pointee.leafCount < Self.maximumLeaves
      && (!traces.isEmpty || recordingCount < Self.maximumTries)
  }

  private func shape(of messages: [ChatMessage]) -> UnsafeMutablePointer<Shape>? {
    var shape = root
    for index in messages.indices {
      switch messages[index].role {
      case .user:
        guard let next = shape.pointee.user ?? add(\.user, to: shape) else { return nil }
        shape = next
      case .assistant:
        guard let next = shape.pointee.assistant ?? add(\.assistant, to: shape) else { return nil }
        shape = next
      case .system:
        guard let next = shape.pointee.system ?? add(\.system, to: shape) else { return nil }
        shape = next
      case .tool:
        guard let next = shape.pointee.tool ?? add(\.tool, to: shape) else { return nil }
        shape = next
      case .other: return nil
      }
    }
    return shape
  }

  /// Makes the shape with one message more; nil where there are too many.
  private func add(
    _ role: WritableKeyPath<Shape, UnsafeMutablePointer<Shape>?>, to shape: UnsafeMutablePointer<Shape>
  ) -> UnsafeMutablePointer<Shape>? {
    guard shapes.count < Self.maximumShapes else { return nil }
    let next = UnsafeMutablePointer<Shape>.allocate(capacity: 1)
    next.initialize(to: Shape())
    shapes.append(next)
    shape.pointee[keyPath: role] = next
    return next
  }

  /// Keeps what a recording of a conversation of a shape found.
  ///
  /// - Parameter trace: what was printed; nil where only the engine can tell.
  func add(_ recorder: TraceRecorder, _ trace: RenderingTrace?, to shape: UnsafeMutablePointer<Shape>) {
    recordingCount += 1
    size += (trace?.size ?? 0) + recorder.answers.count * 128
    shape.pointee.leafCount += 1
    if let trace { traces.append(trace) }
    let leaf = trace.map { Knowledge.trace(.passUnretained($0)) } ?? .engine
    shape.pointee.knowledge = adding(recorder.answers[...], leaf, to: shape.pointee.knowledge)
  }

  private func adding(
    _ answers: ArraySlice<(question: TracedQuestion, isYes: Bool)>, _ leaf: Knowledge, to knowledge: Knowledge
  ) -> Knowledge {
    guard let first = answers.first else { return leaf }
    let node: UnsafeMutablePointer<Node>
    switch knowledge {
    case .question(let known): node = known
    case .nothing:
      node = .allocate(capacity: 1)
      node.initialize(to: Node(question: first.question))
      nodes.append(node)
    // Two renderings of the same that ask differently do not exist; if they did, there would be nothing to rely on.
    case .engine, .trace: return .engine
    }
    guard node.pointee.question == first.question else { return .engine }
    if first.isYes {
      node.pointee.yes = adding(answers.dropFirst(), leaf, to: node.pointee.yes)
    } else {
      node.pointee.no = adding(answers.dropFirst(), leaf, to: node.pointee.no)
    }
    return .question(node)
  }
}
