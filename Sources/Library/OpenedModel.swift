import ChatTemplates
import Counting
import Datasets
import JSON
import Support
import Synchronization
import TokenStatistics
import Tokenizers

/// A model as callers hold it, with the counters that earlier calls used.
final class OpenedModel: Sendable {
  let loaded: LoadedModel
  /// What the caller named it.
  let name: String
  private let vocabulary: String
  private let counters = CounterPool()

  init(_ opening: ModelOpening) throws(InputError) {
    name = opening.name
    (loaded, vocabulary) = try opening.open()
  }

  /// Calls `body` with counters that no other thread has; they keep what they learn for later calls.
  func withCounters<Result>(_ body: (ThreadCounters) -> Result) -> Result {
    let taken = counters.take() ?? ThreadCounters(loaded)
    defer { counters.put(taken) }
    return body(taken)
  }

  /// The model's part in the names of data.
  var datasetPart: String { DatasetName.part(Files.lastComponent(name)) }

  /// What the model is.
  var description: [UInt8] {
    let record = loaded.record(mode: .template)
    let engine =
      switch loaded.tokenizer.engine {
      case .compiled: "compiled"
      case .pieces: "pieces"
      case .reference: "reference"
      }
    let object = JSONObject([
      ("name", .string(name)), ("hub_id", .string(record.hubID)), ("revision", .string(record.revision)),
      ("tokenizer_sha256", .string(record.tokenizerSHA256)), ("template_sha256", .string(record.templateSHA256)),
      ("vocabulary_size", .number(loaded.tokenizer.vocabularySize)), ("engine", .string(engine)),
      ("has_chat_template", .bool(loaded.renderer != nil)), ("vocabulary", .string(Files.absolute(vocabulary))),
    ])
    return JSONValue.object(object).serialized()
  }
}

/// What a thread counts with. It belongs to one thread at a time.
final class ThreadCounters {
  private let model: LoadedModel
  var texts: TokenCounter
  /// Nil until conversations come, and where the model has no chat template.
  private var conversations: BatchCounter?
  private var renderer: RowRenderer?

  init(_ model: LoadedModel) {
    self.model = model
    texts = model.tokenizer.makeCounter()
  }

  /// Counts a row of a batch; nil where the model has no chat template.
  func count(_ row: Int, of batch: DatasetBatch) -> RowOutcome? {
    if conversations == nil { conversations = BatchCounter(model) }
    return conversations?.count(row, of: batch)
  }

  /// Renders a row of a batch.
  ///
  /// - Throws: `InputError` with what is wrong with the row, or what the template raises.
  func render(_ row: Int, of batch: DatasetBatch, name: String) throws(InputError) -> [UInt8] {
    if renderer == nil { renderer = model.renderer.map { RowRenderer($0) } ?? RowRenderer(textsOf: name) }
    return try renderer?.render(row, of: batch) ?? []
  }

  /// Where in the template the last conversation failed, for messages.
  var place: String { TemplateError.place(renderer?.failedLine) }
}

/// Counters that are kept between calls, without a lock: a child of `fork` finds those that no thread of its parent had.
private final class CounterPool: Sendable {
  private static let places = 64
  nonisolated(unsafe) private let slots: UnsafeMutablePointer<Atomic<UInt>>

  init() {
    slots = .allocate(capacity: Self.places)
    for place in 0..<Self.places { (slots + place).initialize(to: Atomic(0)) }
  }

  deinit {
    while take() != nil {}
    slots.deinitialize(count: Self.places)
    slots.deallocate()
  }

  /// Counters for the calling thread; nil where none are kept.
  func take() -> ThreadCounters? {
    for place in 0..<Self.places where slots[place].load(ordering: .relaxed) != 0 {
      let bits = slots[place].exchange(0, ordering: .acquiring)
      if let pointer = UnsafeRawPointer(bitPattern: bits) {
        return Unmanaged<ThreadCounters>.fromOpaque(pointer).takeRetainedValue()
      }
    }
    return nil
  }

  /// Keeps counters, unless there is no place left.
  func put(_ counters: ThreadCounters) {
    let pointer = Unmanaged.passRetained(counters)
    let bits = UInt(bitPattern: pointer.toOpaque())
    for place in 0..<Self.places
    where slots[place].compareExchange(expected: 0, desired: bits, ordering: .releasing).exchanged { return }
    pointer.release()
  }
}
