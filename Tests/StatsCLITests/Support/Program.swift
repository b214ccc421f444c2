import Foundation
import TestSupport
import Testing

/// The program that was built with these tests, run as a user would run it.
enum Program {
  /// Whether the program is made with a sanitizer, which reserves address space that no limit may deny it; what limits
  /// that is left out then. `Scripts/sanitize.sh` sets the options.
  static let isSanitized = ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains {
    ProcessInfo.processInfo.environment[$0] != nil
  }

  /// What a run left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of the output without the empty one at its end.
    var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
  }

  /// The package's folder.
  static let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The program's file.
  static var executable: URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "tokenstats")
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input.
  ///   - environment: variables set on top of this process's own; an empty value removes one.
  ///   - folder: the current folder of the program.
  ///   - whileRunning: called when the program was started; its end is awaited afterwards.
  static func run(
    _ arguments: [String], input: Data = Data(), environment: [String: String] = [:], in folder: URL? = nil,
    whileRunning: (Process) -> Void = { _ in }
  ) throws -> Result {
    try launch(executable, arguments, input: input, environment: environment, in: folder, whileRunning: whileRunning)
  }

  /// The raw records of the demo.
  static let rawDemo = packageFolder.appending(path: "Demo/persona-data").path

  /// Makes the datasets of the roles of one model of the demo.
  ///
  /// - Parameters:
  ///   - output: the folder of the datasets.
  ///   - option: how the program says what it made.
  @discardableResult static func generateRoles(
    into output: String, _ option: String, in scratch: Scratch
  ) throws -> Result {
    let made = try run(
      [
        "generate", "--type", "roles", "--models", "llama-3.3-70b", "--persona-data-dir", rawDemo, "--output-dir",
        output, option,
      ], in: scratch.folder)
    #expect(made.status == 0, "\(made)")
    return made
  }

  /// Runs a line of shell.
  static func shell(_ line: String) throws -> Result {
    try launch(URL(filePath: "/bin/sh"), ["-c", line], input: Data(), environment: [:], in: nil) { _ in }
  }

  private static func launch(
    _ executable: URL, _ arguments: [String], input: Data, environment: [String: String], in folder: URL?,
    whileRunning: (Process) -> Void
  ) throws -> Result {
    let scratch = try Scratch()
    let files = try ["in", "out", "err"].map { URL(filePath: try scratch.file($0, $0 == "in" ? input : Data())) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? scratch.folder
    var variables = ProcessInfo.processInfo.environment
    // No test asks a hub but that of the test.
    variables["HF_HUB_OFFLINE"] = "1"
    variables.merge(environment) { $1 }
    variables["NO_COLOR"] = "1"
    process.environment = variables.filter { !$0.value.isEmpty }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    whileRunning(process)
    process.waitUntilExit()
    let status =
      process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return Result(
      status: status, output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
  }
}
