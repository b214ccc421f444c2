import ArgumentParser
import ColumnarFiles
import Glibc
import Support

/// The program: parses the command line, runs the command and turns what it throws into a message and an exit status.
struct TokenStats: ParsableCommand {
  static let version = "0.2.0"

  static let configuration = CommandConfiguration(
    commandName: "tokenstats",
    abstract: "Exact token statistics of chat datasets.",
    discussion: """
      Reads chat datasets of any shape from files, folders and the hub, applies each model's chat template, counts \
      tokens exactly as Hugging Face would, and writes statistics as JSON and one picture per dataset.
      """,
    version: version,
    subcommands: [
      AnalyzeCommand.self, ListCommand.self, CreateCommand.self, GenerateCommand.self, CountCommand.self,
      EncodeCommand.self, DecodeCommand.self, RenderCommand.self, ReportCommand.self, ShowCommand.self,
      PlotCommand.self, CompareCommand.self, DiffCommand.self, OutliersCommand.self, CheckCommand.self,
      LimitsCommand.self, CardCommand.self, SplitCommand.self, FilterCommand.self, TokenizeCommand.self,
      PackCommand.self, MixCommand.self, MergeCommand.self, TokenizersCommand.self, TemplatesCommand.self,
      VerifyCommand.self,
      ManualCommand.self,
    ])

  /// Runs the command that the arguments ask for.
  ///
  /// - Parameter arguments: what follows the program's name.
  static func launch(_ arguments: [String]) {
    // A reader that goes away must not kill a long run that only reports its progress to it.
    signal(SIGPIPE, SIG_IGN)
    // A file that grows beyond what is allowed (ulimit -f) is an error with a message, and its temporary file goes.
    signal(SIGXFSZ, SIG_IGN)
    // A mapped file that somebody cuts short is an error with a message.
    FileMappings.enable()
    Interruption.endAtOnce()
    do {
      var command = try parsed(meant(by: arguments))
      try ResourceLimits.check()
      try command.run()
    } catch let failure as CommandFailure {
      Messages.error(failure.message)
      Glibc.exit(failure.status.rawValue)
    } catch let error as FileError {
      Messages.error(error.description)
      Glibc.exit(ExitStatus.failure.rawValue)
    } catch {
      end(with: error, arguments)
    }
  }

  /// The arguments with a command in front, where a file of statistics stands there.
  ///
  /// - Throws: `CommandFailure` where a command is misspelled.
  private static func meant(by arguments: [String]) throws(CommandFailure) -> [String] {
    let commands = configuration.subcommands.compactMap { command in
      command.configuration.commandName.map { name in
        FirstArgument.Command(
          name: name, subcommands: command.configuration.subcommands.compactMap { $0.configuration.commandName })
      }
    }
    guard let meaning = FirstArgument.meaning(of: arguments, commands: commands) else { return arguments }
    switch meaning {
    case .arguments(let others): return others
    case .mistake(let message): throw CommandFailure(message, status: .usage)
    }
  }

  /// The command that the arguments ask for.
  ///
  /// A command that is named first parses what is its own, which takes half the time of going through the whole tree. The
  /// tree says what is wrong with arguments, and answers those that every command knows, such as `--help`.
  private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    if let name = arguments.first,
      let command = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
      command.configuration.subcommands.isEmpty,
      let parsed = try? command.parse(Array(arguments.dropFirst()))
    {
      return parsed
    }
    return try parseAsRoot(arguments)
  }

  /// Ends the program as the parser wants it; what it quotes of the command line may be a file's name.
  private static func end(with error: any Error, _ arguments: [String]) -> Never {
    var message = HelpText.withShortUsage(UnknownOption.answered(fullMessage(for: error), arguments))
    // What names the models of datasets elsewhere is taken for what counts, and the parser misses that only.
    if message.contains(bytesOf: "Missing expected argument '--model "), arguments.contains("--models") {
      message += "\nDid you mean '--model' instead of '--models'?"
    }
    let status = exitCode(for: error)
    guard status.isSuccess else {
      // The program's own errors begin in lower case.
      if message.hasPrefix("Error: ") { message = "e" + message.dropFirst() }
      if !message.isEmpty { Messages.usage(message) }
      Glibc.exit(status.rawValue)
    }
    // What was asked for, such as help, is a result: that it cannot be written is an error.
    do throws(CommandFailure) {
      var output = StandardOutput()
      let text = CompletionScript.completed(HelpText.essentialFirst(message), arguments)
      if !message.isEmpty { try output.writeLine(text) }
      try output.flush()
    } catch {
      Messages.error(error.message)
      Glibc.exit(error.status.rawValue)
    }
    Glibc.exit(status.rawValue)
  }
}

/// Runs the program; its entry is C, see `Sources/Program`.
@_cdecl("tokenstats_main")
public func tokenstatsMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  let texts = (1..<max(1, Int(count))).compactMap { arguments[$0].map { Files.text($0) } }
  TokenStats.launch(texts)
  return ExitStatus.success.rawValue
}
