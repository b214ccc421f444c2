public import ModelHub
public import ChatTemplates
import Support
import JSON
public import TokenStatistics
public import Tokenizers

/// A model's format, ready to count with.
public struct LoadedFormat: Sendable {
  public let format: ChatFormat
  public let tokenizer: Tokenizer
  public let arguments: TemplateArguments

  public init(format: ChatFormat, tokenizer: Tokenizer, arguments: TemplateArguments) {
    self.format = format
    self.tokenizer = tokenizer
    self.arguments = arguments
  }

  public func makeCounter(mode: CountMode, measuresRendering: Bool = false) -> ConversationCounter {
    ConversationCounter(
      tokenizer: tokenizer, template: format.template, arguments: arguments, mode: mode,
      measuresRendering: measuresRendering)
  }

  /// The format for the record.
  public func record(mode: CountMode) -> TokenizerRecord {
    let policy = format.template.bosPolicy
    return TokenizerRecord(
      hubID: format.hubID, revision: format.revision, tokenizerSHA256: tokenizer.sourceDigest?.hex ?? "",
      templateSHA256: format.template.sha256, templateArguments: recordedArguments,
      bosPolicy: mode == .legacy && policy == .template ? "template and tokenizer" : policy.rawValue)
  }

  private var recordedArguments: [String: String] {
    var arguments: [String: String] = [:]
    for member in self.arguments.used(by: format.template).members {
      arguments[member.key] = member.value.stringValue ?? member.value.boolValue.map { $0 ? "true" : "false" }
    }
    return arguments
  }
}
