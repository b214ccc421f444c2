import Support
import Foundation
import JSON
import TokenStatistics

/// A small statistics document whose numbers are easy to follow.
enum StatisticsSample {
  /// A document of one role of three conversations for each persona: 100 and 200 tokens with score 3, 300 without one.
  static func document(personas: [String]) -> String {
    let datasets = personas.map { persona in
      ("gemma-2-27b__role__\(persona)", entry(persona: persona))
    }
    let document: JSONValue = .object(
      JSONObject([
        ("schema_version", .integer(2)), ("metadata", metadata), ("datasets", .object(JSONObject(datasets))),
        ("errors", .array([])), ("error_details", .array([])),
      ]))
    return String(decoding: document.serialized(.pretty), as: UTF8.self)
  }

  private static var metadata: JSONValue {
    .object(
      JSONObject([
        ("tool", .object(JSONObject([("name", .string("tokenstats")), ("version", .string("0.0.0"))]))),
        ("count_mode", .string("template")), ("limits", .array([.integer(250)])),
        ("bin_edges", .array(HistogramBins.edges.map(JSONValue.number))), ("tokenizers", .object(JSONObject())),
      ]))
  }

  private static func entry(persona: String) -> JSONValue {
    var object = JSONObject([
      ("model", .string("gemma-2-27b")), ("type", .string("role")), ("name", .string(persona)),
      ("persona", .string(persona)), ("plot", .string("plots/gemma-2-27b__role__\(persona).png")),
      ("total_conversations", .integer(3)), ("total_tokens", .integer(600)),
      ("score_histogram", .object(JSONObject([("3", group([100, 200])), ("null", group([300]))]))),
      ("bands", .object(JSONObject([("3", group([100, 200]))]))),
      ("cumulative_by_score", .object(JSONObject([("3", group([100, 200]))]))),
      ("over_limit", .object(JSONObject([("250", limit(conversations: 1, lost: 50))]))),
    ])
    for member in ["length", "hist"] { object[member] = group([100, 200, 300])[member] }
    return .object(object)
  }

  private static func limit(conversations: Int, lost: Int) -> JSONValue {
    .object(
      JSONObject([
        ("conversations", .number(conversations)), ("tokens_lost", .number(lost)),
        ("assistant_tokens_lost", .number(lost)),
      ]))
  }

  private static func group(_ lengths: [Int]) -> JSONValue {
    let distribution = LengthDistribution(lengths)
    var length = JSONObject([
      ("min", .number(distribution.minimum ?? 0)), ("max", .number(distribution.maximum ?? 0)),
      ("mean", .double(distribution.mean ?? 0)), ("std", .double(distribution.standardDeviation ?? 0)),
    ])
    for percent in LengthSummary.storedPercents {
      length["p\(percent)"] = .number(distribution.percentile(Double(percent)) ?? 0)
    }
    return .object(
      JSONObject([
        ("conversations", .number(lengths.count)), ("tokens", .number(distribution.total)), ("length", .object(length)),
        ("hist", .array(HistogramBins.counts(of: distribution).map(JSONValue.number))),
      ]))
  }
}
