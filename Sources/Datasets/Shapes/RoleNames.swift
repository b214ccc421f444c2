/// What data call the roles.
enum RoleNames {
  /// The role of tool calls that stand as JSON in a content; ``ToolCalls`` makes calls of an assistant of them.
  static let call = "function_call"

  /// Names that mean tool calls and results wherever they stand, because no template knows them.
  private static let tools = [call: call, "tool_call": call, "observation": "tool", "tool_response": "tool"]

  /// The other usual names, in lower case.
  private static let usual = [
    "human": "user", "user": "user", "prompter": "user", "gpt": "assistant", "assistant": "assistant",
    "chatgpt": "assistant", "bard": "assistant", "bing": "assistant", "model": "assistant", "ai": "assistant",
    "bot": "assistant", "chatbot": "assistant", "system": "system", "tool": "tool", "function": "tool",
    "function_response": "tool",
  ]

  /// The role of a name.
  ///
  /// - Parameter isRenamed: whether the data's names are their own; else a role reaches the template as it is, as with
  ///   transformers, but for tool calls and results.
  static func role(_ name: String, isRenamed: Bool) -> String {
    if let role = tools[name] { return role }
    guard isRenamed else { return name }
    if let role = usual[name] { return role }
    let lower = name.lowercased()
    return tools[lower] ?? usual[lower] ?? name
  }
}
