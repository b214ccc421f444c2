public import ChatTemplates
public import Datasets
import JSON
public import Support
import TokenStatistics

/// Turns rows into the text that a model reads, in memory that is used again for the next row.
public struct RowRenderer: Sendable {
  /// What renders conversations; nil where there are only texts.
  public let renderer: ChatRenderer?
  /// Members of rows that are arguments of the template, and those that it does not read.
  public private(set) var members = RowMembers()

  /// The conversation that was rendered last, with the kinds of its parts; empty after a text.
  public private(set) var chat = RenderedChat()
  /// The bytes of the tokens of it that are trained; nil where nobody asks, and after a text.
  public private(set) var trained: [Range<Int>]?
  /// The template's line in which the last conversation failed; nil where it did not, or no line is known.
  public private(set) var failedLine: Int?
  /// Whether the conversation that was rendered last holds images or sounds; stored, as asking a renderer would copy it.
  public private(set) var hasMedia = false
  /// Whether `chat` holds a conversation.
  private var hasChat = false
  private var mask: TrainingMask?
  /// The member that the policy asks messages for, until one has it.
  private var missingField: String?
  /// Whether a conversation was rendered.
  private var hasRendered = false
  /// What messages call a model that has no chat template.
  private let model: String
  private var messages: [ChatMessage] = []

  /// Makes a renderer for a template.
  ///
  /// - Parameter mask: finds what is trained; nil where nobody asks.
  public init(_ renderer: ChatRenderer, mask: TrainingMask? = nil) {
    self.renderer = renderer
    self.mask = mask
    missingField = mask?.policy.field
    model = ""
  }

  /// Makes a renderer that passes on texts and refuses conversations, for which the model has no template.
  public init(textsOf model: String) {
    renderer = nil
    self.model = model
  }

  /// Adds what others found in conversations that they rendered.
  public mutating func note(_ faults: [ListContentFault: Int]) { members.faults.merge(faults, uniquingKeysWith: +) }

  /// Adds the members of rows that others rendered.
  public mutating func note(_ others: RowMembers) { members.merge(others) }

  /// Whether sizes of images decide about the tokens of conversations.
  public var readsImages: Bool { renderer?.settings.images?.readsImages ?? false }

  /// Why conversations cannot be rendered for a model that has no chat template.
  public static func refusal(of model: String) -> String {
    "\(model) has no chat template, so that only texts are counted with it, not conversations; name a template's file "
      + "with --chat-template"
  }

  /// Why a text cannot be counted that holds what control tokens are marked with.
  static let markedText =
    "the text holds U+F0000 or U+F0001, by which --sanitize-control-tokens knows control tokens of users; count it "
    + "without this option"

  /// The bytes of a text as it is, or of a conversation as the template renders it.
  ///
  /// - Parameters:
  ///   - row: a row of the batch, from 0.
  ///   - batch: the rows, read with all their members.
  /// - Throws: `InputError` with what is wrong with the row, or the template's own message if that raises.
  public mutating func render(_ row: Int, of batch: DatasetBatch) throws(InputError) -> [UInt8] {
    do throws(InputError) {
      (trained, failedLine) = (nil, nil)
      if let range = try batch.rowText(row) {
        if hasChat { (chat, hasChat, hasMedia) = (RenderedChat(), false, false) }
        let text = try Self.text(range, of: batch)
        if renderer?.marksControlTokens ?? false, ControlTokenMarks.areIn(text.span.bytes) {
          throw .unreadable(Self.markedText)
        }
        return text
      }
      try batch.readMessages(of: row, into: &messages)
      guard let renderer else { throw .unreadable(Self.refusal(of: model)) }
      if row == 0 { members.note(columns: batch.otherColumns, of: renderer) }
      let arguments = self.members.arguments(try batch.arguments(of: row), of: renderer)
      hasChat = true
      defer { hasMedia = chat.media.parts > 0 || !chat.media.added.isEmpty }
      do throws(TemplateError) {
        let generations = try renderer.render(messages, of: batch.text, arguments: arguments, into: &chat)
        noteField()
        trained = mask?.bytes(
          of: chat, generations: generations, messages, of: batch.text, arguments: arguments)
        if !renderer.settings.joinsParts, messages.contains(where: { $0.extras != nil }),
          let fault = ListContentFault.of(messages, rendered: chat.bytes)
        {
          members.faults[fault, default: 0] += 1
        }
        members.unrendered.note(messages, of: batch.text, arguments, rendered: chat, by: renderer)
      } catch {
        failedLine = error.line
        let message = error.origin == .malformed ? batch.encodingFault(of: messages) ?? error.message : error.message
        throw .unreadable(message)
      }
      return chat.bytes
    } catch { throw .unreadable(error.message) }
  }

  /// What is said where the policy goes by a member that no message has; nil where one does, and without conversations.
  public var fieldNotice: String? {
    hasRendered ? missingField.map { RowTotals.notice(ofMissing: [$0]) } : nil
  }

  private mutating func noteField() {
    hasRendered = true
    if let field = missingField, TrainingMask.isAsked(field, of: messages) { missingField = nil }
  }

  /// A copy of a text.
  private static func text(_ range: Range<Int>, of batch: DatasetBatch) throws(InputError) -> [UInt8] {
    let bytes = batch.text.extracting(range)
    if let offset = bytes.malformedOffset {
      throw .unreadable("the text is not UTF-8 from byte \(offset) on")
    }
    return bytes.withUnsafeBytes { Array($0) }
  }
}

/// Which members of rows reached the template.
public struct RowMembers: Sendable, Equatable {
  /// Members that the template reads, sorted.
  public private(set) var given: Set<String> = []
  /// Members that it does not read, sorted.
  public private(set) var passedOver: Set<String> = []
  /// Columns that it reads a variable of the name of, but that nobody named.
  public private(set) var unnamed: Set<String> = []
  /// The conversations whose lists of parts the template did not render as texts.
  public fileprivate(set) var faults: [ListContentFault: Int] = [:]
  /// The messages of which the template rendered nothing.
  var unrendered = UnrenderedMessages()

  /// Members that are read by themselves where the model takes images.
  private static let imageNames = ["images", "image"]

  /// Makes a record of nothing.
  public init() {}

  /// The members that are arguments: those that `apply_chat_template` takes, and what the template reads.
  mutating func arguments(_ members: JSONObject, of renderer: ChatRenderer) -> JSONObject {
    if members.isEmpty { return members }
    let holdsImages = renderer.settings.images?.readsImages ?? false
    var read = JSONObject()
    for member in members.members {
      let name = member.key
      let isRead = given.contains(name) || !passedOver.contains(name) && renderer.reads(name)
      if isRead || RowArguments.names.contains(name) { read[name] = member.value }
      if name == "chat_template_kwargs", let members = member.value.objectValue { note(members, of: renderer) }
      if RowArguments.alwaysRead.contains(name) || holdsImages && Self.imageNames.contains(name) { continue }
      if isRead { given.insert(name) } else { passedOver.insert(name) }
    }
    return read
  }

  /// Notes members of `chat_template_kwargs`, which are arguments as if the row had them itself.
  private mutating func note(_ members: JSONObject, of renderer: ChatRenderer) {
    for member in members.members {
      if member.key == "chat_template_kwargs", let inner = member.value.objectValue { note(inner, of: renderer) }
      guard !RowArguments.alwaysRead.contains(member.key), !given.contains(member.key) else { continue }
      if renderer.reads(member.key) { given.insert(member.key) } else { passedOver.insert(member.key) }
    }
  }

  /// Notes columns that are no arguments, of which the template may read some; system messages, answers and images are
  /// told of.
  mutating func note(columns: [String], of renderer: ChatRenderer) {
    let holdsImages = renderer.settings.images?.readsImages ?? false
    for name in columns where !(holdsImages && Self.imageNames.contains(name)) {
      if renderer.reads(name) {
        unnamed.insert(name)
      } else if ToldMembers.names.contains(name) {
        passedOver.insert(name)
      }
    }
  }

  /// Adds what others found.
  public mutating func merge(_ other: RowMembers) {
    given.formUnion(other.given)
    passedOver.formUnion(other.passedOver)
    unnamed.formUnion(other.unnamed)
    faults.merge(other.faults, uniquingKeysWith: +)
    unrendered.merge(other.unrendered)
  }

  /// What was given and what was passed over, in words; nil where all rows were messages only.
  public var notice: String? {
    var parts: [String] = []
    if !given.isEmpty { parts.append("the template reads \(given.sorted().joined(separator: ", ")) of the rows") }
    if !passedOver.isEmpty {
      let verb = passedOver.count == 1 ? "is" : "are"
      let subject = given.isEmpty ? "the template" : "it"
      let media = passedOver.isDisjoint(with: ToldMembers.media) ? "" : " (--image-tokens N counts images)"
      parts.append(
        "\(subject) does not read \(passedOver.sorted().joined(separator: ", ")), which \(verb) passed over\(media)")
    }
    if !unnamed.isEmpty {
      let names = unnamed.sorted()
      parts.append(
        "columns of the rows are called as variables of the template and not told it: \(names.joined(separator: ", ")) "
          + "(--template-column \(names[0]))")
    }
    for fault in ListContentFault.allCases {
      if let count = faults[fault] { parts.append(fault.notice(conversations: count)) }
    }
    if let notice = unrendered.notice { parts.append(notice) }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
