import Foundation
import JSON
import Support
import TestSupport
import Testing

@testable import ModelHub

/// A hub on this machine (`Scripts/hub_server.py`), with a cache and a user's folder for one test.
final class HubServer {
  private let folder: Scratch
  private let process = Process()
  private let input = Pipe()
  /// The port that the hub listens to.
  let port: Int

  /// Starts a hub that has the files of some repositories.
  ///
  /// - Parameter files: paths such as `models/org/name/config.json`, and what is there.
  init(_ files: [String: String]) throws {
    folder = try Scratch()
    for (path, text) in files { try folder.file(path, text) }
    let script = SharedFolder.package + "/Scripts/hub_server.py"
    let python = try #require(ChildProcess.find("python3", in: Files.environment("PATH") ?? "/usr/bin"))
    process.executableURL = URL(filePath: python)
    process.arguments = [script, folder.path]
    process.standardInput = input
    try process.run()
    let path = folder.path("port")
    let watch = Stopwatch()
    while !Files.exists(path), watch.seconds < 30 { usleep(5_000) }
    port = try #require(Int(Files.readText(path)))
  }

  deinit {
    // The hub ends when its input does.
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// The hub's address.
  var address: String { "http://127.0.0.1:\(port)" }

  /// The folder of the cache.
  var cache: String { folder.path("hf/hub") }

  /// The settings of a user of this hub.
  func settings(_ variables: [String: String] = [:]) -> HubSettings {
    var all = ["HOME": folder.path, "HF_HOME": folder.path("hf"), "HF_ENDPOINT": address, "PATH": "/usr/bin:/bin"]
    all.merge(variables) { _, new in new }
    let environment = all
    var settings = HubSettings { environment[$0] }
    settings.patience.firstDelay = 0.01
    settings.patience.longestDelay = 0.05
    settings.patience.stallSeconds = 1
    settings.patience.lockSeconds = 0.3
    return settings
  }

  /// A client of this hub.
  func client(_ variables: [String: String] = [:], isConsenting: Bool = false) -> HubClient {
    HubClient(settings: settings(variables), consent: HubConsent(isGiven: isConsenting))
  }

  /// Says what goes wrong from now on: part of a path, and the behavior as JSON.
  func misbehave(_ rules: [String: String]) throws {
    let members = rules.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
    try AtomicFile.write("{\(members)}", to: folder.path("behavior.json"), isDurable: false)
  }

  /// Writes a file of the user or of a repository.
  func write(_ path: String, _ text: String) throws { try folder.file(path, text) }

  /// The path of an entry of the folder that all of this is in.
  func path(_ name: String) -> String { folder.path(name) }

  /// The requests so far.
  func requests() throws -> [JSONValue] {
    let path = folder.path("log.jsonl")
    return Files.exists(path) ? try jsonLines(of: path) : []
  }

  /// The paths of the requests so far.
  func paths() throws -> [String] { try requests().compactMap { $0["path"]?.stringValue } }
}

/// What went wrong, or nothing.
func failure(_ body: () throws -> Void) -> HubFailure? {
  do {
    try body()
    return nil
  } catch let error as ModelHubError {
    return error.hubFailure ?? HubFailure(.damaged, "another error: \(error)")
  } catch {
    return HubFailure(.damaged, "another error: \(error)")
  }
}
