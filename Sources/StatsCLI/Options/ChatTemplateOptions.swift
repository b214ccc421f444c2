import ArgumentParser
import ChatTemplates
import JSON
import ModelHub
import Support

/// Which chat templates render, and what they are told.
struct ChatTemplateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Render a model's conversations with this template: a Jinja file, a .json with "chat_template", or the name of one \
      of the model's templates; may be repeated.
      """, valueName: "[model=]file|name"),
    completion: .file(extensions: ["jinja", "json"]))
  var chatTemplate: [String] = []

  @Flag(help: "Render with the template engine even where there is a native format.")
  var jinja = false

  @Option(
    help: ArgumentHelp("Tell the template this column of each row; may be repeated.", valueName: "name"))
  var templateColumn: [String] = []

  @Option(
    help: """
      join: contents that are lists of parts become texts before they are rendered, with what the model writes for an \
      image in the places of images.
      """)
  var contentParts: ContentParts?

  @Flag(
    help: ArgumentHelp(
      """
      Encode control tokens that stand in messages, tools, documents and arguments as text, so that only those which the \
      template writes are tokens.
      """))
  var sanitizeControlTokens = false

  @OptionGroup var clock: ClockOptions
}

/// What becomes of contents that are lists of parts.
enum ContentParts: String, ExpressibleByArgument, CaseIterable {
  /// Their texts are joined.
  case join
}

extension ChatTemplateOptions {
  /// The template that the options name for a model; nil where they name none.
  ///
  /// - Parameter names: what the command line may call the model.
  func choice(for names: [String]) throws(CommandFailure) -> String? {
    var choice: String?
    for text in chatTemplate {
      let value: String
      if !Files.exists(text), let setting = ModelSetting(text) {
        guard names.contains(where: { $0.hasSameBytes(as: setting.model.description) }) else { continue }
        value = setting.value
      } else {
        value = text
      }
      guard choice == nil else {
        throw CommandFailure(
          "--chat-template names two templates for \(names.first ?? ""): \(choice ?? "") and \(value)", status: .usage)
      }
      choice = value
    }
    return choice
  }

  /// The templates of a choice: a file's, or the one of the model's own that has the name.
  func templates(_ choice: String, own: [NamedChatTemplate], model: String) throws(CommandFailure)
    -> [NamedChatTemplate]
  {
    if Files.exists(choice) {
      do throws(InputError) { return try ModelFolder.templates(file: choice) } catch {
        throw CommandFailure(error.description)
      }
    }
    guard let template = own.first(where: { $0.name.hasSameBytes(as: choice) }) else {
      let names = own.map(\.name).joined(separator: ", ")
      throw CommandFailure(
        "--chat-template \(choice): there is no such file, and \(model) has "
          + (own.isEmpty ? "no template" : "no template of this name but \(names)"), status: .usage)
    }
    return [template.unnamed]
  }

  /// Says which choices name models that are not in use.
  func check(_ models: [[String]]) throws(CommandFailure) {
    for text in chatTemplate where !Files.exists(text) {
      guard let setting = ModelSetting(text) else { continue }
      let name = setting.model.description
      guard models.contains(where: { $0.contains { $0.hasSameBytes(as: name) } }) else {
        throw CommandFailure(
          "--chat-template \(text): \(name) is none of the models in use, which are "
            + models.compactMap(\.first).joined(separator: ", "), status: .usage)
      }
    }
  }
}
