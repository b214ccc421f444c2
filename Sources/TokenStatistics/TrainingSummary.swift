import JSON
import Support

/// The stored summary of prompts and completions, and of the tokens before training begins.
public struct TrainingSummary: Sendable, Hashable {
  /// The conversations that have such a part, and the summary of its lengths.
  public struct Part: Sendable, Hashable {
    /// The number of conversations that have the part.
    public var conversations: Int
    /// The tokens of all these parts.
    public var tokens: Int
    /// The summary of their lengths.
    public var length: LengthSummary

    /// Summarizes the lengths of parts.
    init(_ lengths: LengthDistribution) {
      conversations = lengths.count
      tokens = lengths.total
      length = LengthSummary(lengths)
    }
  }

  /// The conversations as rendered up to their last assistant message, generation prompts included.
  public var prompt: Part?
  /// The rest of the conversations.
  public var completion: Part?
  /// The tokens before the first trained one; conversations without a trained token are not in it.
  public var firstTarget: Part?

  /// Summarizes counts; where a format does not say where prompts end, there is nothing about them.
  public init(_ tally: TrainingTally) {
    if !tally.prompts.isEmpty {
      prompt = Part(tally.prompts)
      completion = Part(tally.completions)
    }
    firstTarget = Part(tally.firstTargets)
  }
}

extension TrainingSummary {
  private static var parts: [(key: String, part: WritableKeyPath<TrainingSummary, Part?>)] {
    [("prompt", \.prompt), ("completion", \.completion), ("first_target", \.firstTarget)]
  }

  /// The members of an entry.
  var members: [(String, JSONValue)] {
    Self.parts.compactMap { member in self[keyPath: member.part].map { (member.key, $0.json) } }
  }

  /// Reads the members of an entry; nil if it holds none, as those of earlier versions.
  init?(optional fields: FieldReader) throws(FileError) {
    for member in Self.parts {
      if let stored = try fields.optionalObject(member.key) { self[keyPath: member.part] = try Part(stored) }
    }
    if Self.parts.allSatisfy({ self[keyPath: $0.part] == nil }) { return nil }
  }
}

extension TrainingSummary.Part {
  var json: JSONValue {
    .fields([("conversations", .number(conversations)), ("tokens", .number(tokens)), ("length", length.json)])
  }

  init(_ fields: FieldReader) throws(FileError) {
    conversations = try fields.count("conversations")
    tokens = try fields.count("tokens")
    length = try LengthSummary(fields.object("length"))
  }
}
