public import ChatTemplates
public import Datasets
public import JSON

/// One row of JSONL: a text, or a conversation.
public enum TextRow: Sendable {
  /// A text as it is.
  case text(String)
  /// A conversation, and the further members of its row, which may be arguments of the template.
  case chat(ChatConversation, members: JSONObject)

  /// Reads a JSON string, or an object with `text` or `messages`.
  ///
  /// - Throws: `InputError` with what is wrong in the line.
  public init(_ line: RawSpan) throws(InputError) {
    let value: JSONValue
    do {
      value = try JSONValue.parse(line)
    } catch {
      throw .unreadable(error.description)
    }
    self = try Self.row(value)
  }

  private static func row(_ value: JSONValue) throws(InputError) -> TextRow {
    if let text = value.stringValue { return .text(text) }
    guard let object = value.objectValue else {
      throw .unreadable("\(value.kindName) where a string or an object with \"text\" or \"messages\" is expected")
    }
    if object["messages"] != nil { return try chat(object) }
    guard let text = object["text"] else { throw .unreadable("the object has neither \"text\" nor \"messages\"") }
    guard let text = text.stringValue else { throw .unreadable("\"text\" is \(text.kindName); a string is expected") }
    return .text(text)
  }

  private static func chat(_ object: JSONObject) throws(InputError) -> TextRow {
    do throws(TemplateError) {
      var members: [(String, JSONValue)] = []
      for member in object.members where member.key != "messages" {
        if let value = try RowArguments.value(member.value, named: member.key) { members.append((member.key, value)) }
      }
      return .chat(try ChatConversation(row: object), members: JSONObject(members))
    } catch {
      throw .unreadable(error.description)
    }
  }
}

/// Turns rows into the text that a model reads, in memory that is used again for the next row.
public struct RowRenderer: Sendable {
  /// What renders conversations; nil where there are only texts.
  public let renderer: ChatRenderer?
  /// Members of rows that are arguments of the template, and those that it does not read.
  public private(set) var members = RowMembers()

  /// The conversation that was rendered last, with the kinds of its parts; empty after a text.
  public private(set) var chat = RenderedChat()
  /// What messages call a model that has no chat template.
  private let model: String

  /// Makes a renderer for a template.
  public init(_ renderer: ChatRenderer) {
    self.renderer = renderer
    model = ""
  }

  /// Makes a renderer that passes on texts and refuses conversations, for which the model has no template.
  public init(textsOf model: String) {
    renderer = nil
    self.model = model
  }

  /// Why conversations cannot be rendered for a model that has no chat template.
  public static func refusal(of model: String) -> String {
    "\(model) has no chat template, so that only texts are counted with it, not conversations; name a template's file "
      + "with --chat-template"
  }

  /// The bytes of a text as it is, or of a conversation as the template renders it.
  ///
  /// - Throws: `InputError` with the template's own message if the template raises.
  public mutating func render(_ row: TextRow) throws(InputError) -> [UInt8] {
    switch row {
    case .text(let text):
      chat = RenderedChat()
      return Array(text.utf8)
    case .chat(let conversation, let members):
      guard let renderer else { throw .unreadable(Self.refusal(of: model)) }
      let arguments = self.members.arguments(members, of: renderer)
      do {
        try renderer.render(
          conversation.messages, of: conversation.text.span.bytes, arguments: arguments, into: &chat)
      } catch {
        throw .unreadable(error.message)
      }
      return chat.bytes
    }
  }
}

/// Which members of rows reached the template.
public struct RowMembers: Sendable {
  /// Members that the template reads, sorted.
  public private(set) var given: Set<String> = []
  /// Members that it does not read, sorted.
  public private(set) var passedOver: Set<String> = []

  /// Makes a record of nothing.
  public init() {}

  /// The members that are arguments: those that `apply_chat_template` takes, and what the template reads.
  mutating func arguments(_ members: JSONObject, of renderer: ChatRenderer) -> JSONObject {
    if members.isEmpty { return members }
    var arguments: [(String, JSONValue)] = []
    for member in members.members {
      let isRead = renderer.reads(member.key)
      if isRead || RowArguments.names.contains(member.key) { arguments.append((member.key, member.value)) }
      if RowArguments.alwaysRead.contains(member.key) { continue }
      if isRead { given.insert(member.key) } else { passedOver.insert(member.key) }
    }
    return JSONObject(arguments)
  }

  /// What was given and what was passed over, in words; nil where all rows were messages only.
  public var notice: String? {
    var parts: [String] = []
    if !given.isEmpty { parts.append("the template reads \(given.sorted().joined(separator: ", ")) of the rows") }
    if !passedOver.isEmpty {
      let verb = passedOver.count == 1 ? "is" : "are"
      parts.append("it does not read \(passedOver.sorted().joined(separator: ", ")), which \(verb) passed over")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
