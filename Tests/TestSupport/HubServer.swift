import Foundation
public import JSON
public import ModelHub
import Support
import Testing

/// A hub on this machine, with a cache and a user's folder for one test.
public final class HubServer: Sendable {
  private let folder: HubProcess.Folder

  /// Makes a hub that has the files of some repositories.
  ///
  /// - Parameter files: paths such as `models/org/name/config.json`, and what is there.
  public init(_ files: [String: String]) throws {
    folder = try HubProcess.shared.get().folder()
    for (path, text) in files { try write(path, text) }
  }

  /// The hub's address.
  public var address: String { "http://127.0.0.1:\(port)/\(folder.name)" }

  /// The port of the server.
  public var port: Int { folder.port }

  /// The folder of the cache.
  public var cache: String { path("hf/hub") }

  /// The environment of a user of this hub.
  public var environment: [String: String] {
    ["HOME": folder.path, "HF_HOME": path("hf"), "HF_ENDPOINT": address, "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": ""]
  }

  /// The settings of a user of this hub.
  public func settings(_ variables: [String: String] = [:]) -> HubSettings {
    let environment = environment.merging(variables) { _, new in new }
    var settings = HubSettings { environment[$0] }
    settings.patience.firstDelay = 0.01
    settings.patience.longestDelay = 0.05
    settings.patience.stallSeconds = 0.5
    settings.patience.lockSeconds = 0.3
    return settings
  }

  /// A client of this hub.
  public func client(_ variables: [String: String] = [:], isConsenting: Bool = false) -> HubClient {
    HubClient(settings: settings(variables), consent: HubConsent(isGiven: isConsenting))
  }

  /// Says what goes wrong from now on: part of a path, and the behavior as JSON.
  public func misbehave(_ rules: [String: String]) throws {
    let members = rules.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
    try AtomicFile.write("{\(members)}", to: path("behavior.json"), isDurable: false)
  }

  /// Writes a file of the user or of a repository.
  public func write(_ name: String, _ text: String) throws {
    let file = path(name)
    try Files.makeDirectories(Files.parent(of: file))
    try AtomicFile.write(text, to: file, isDurable: false)
  }

  /// The path of an entry of the folder that all of this is in.
  public func path(_ name: String) -> String { Files.join(folder.path, name) }

  /// The requests so far.
  public func requests() throws -> [JSONValue] {
    let path = path("log.jsonl")
    return Files.exists(path) ? try jsonLines(of: path) : []
  }

  /// The paths of the requests so far.
  public func paths() throws -> [String] { try requests().compactMap { $0["path"]?.stringValue } }
}

/// The process of `Scripts/hub_server.py`, which plays the hubs of all tests and ends with them.
private final class HubProcess: Sendable {
  /// The folder of one hub.
  struct Folder: Sendable {
    let name: String
    let path: String
    let port: Int
  }

  /// The process, started by the first test that needs it.
  static let shared = Result { try HubProcess() }

  private let scratch: Scratch
  private let port: Int
  /// The process ends when this does.
  private let input = Pipe()

  private init() throws {
    scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", SharedFolder.package + "/Scripts/hub_server.py", scratch.path]
    process.standardInput = input
    try process.run()
    let path = scratch.path("port")
    let watch = Stopwatch()
    while !Files.exists(path), watch.seconds < 30 { usleep(5_000) }
    port = try #require(Int(Files.readText(path)))
  }

  /// The folder of a new hub.
  func folder() throws -> Folder {
    let name = "hub-\(UInt64.random(in: .min ... .max))"
    let path = scratch.path(name)
    try Files.makeDirectories(path)
    return Folder(name: name, path: path, port: port)
  }
}
