import JSON

/// One turn of a conversation, before it is known whether all are right.
struct Turn {
  var role: String
  /// Nil where there is none.
  var content: JSONValue?
  var reasoning: JSONValue?
  var toolCalls: JSONValue?
  /// The whole message, where it holds more than a role and a content.
  var object: JSONObject?
  /// Whether the data has the content before the role.
  var isContentFirst = false
}
