public import Foundation
import Glibc

/// A folder of its own for one test; it goes, with all that is in it, when the test ends.
public final class Scratch: Sendable {
  /// The folder's path.
  public let path: String

  /// Makes the folder.
  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "tokenstats-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Runs `body` with a folder that is removed afterwards.
  public static func with<Result>(_ body: (Scratch) throws -> Result) throws -> Result {
    let scratch = try Scratch()
    return try withExtendedLifetime(scratch) { try body(scratch) }
  }

  /// The folder's URL.
  public var folder: URL { URL(filePath: path) }

  /// The path of an entry of the folder.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes a file, and the folders above it, and returns its path.
  @discardableResult
  public func file(_ name: String, _ contents: some Sequence<UInt8>) throws -> String {
    let url = try place(name)
    try Data(contents).write(to: url)
    return url.path
  }

  /// Makes a text file, and the folders above it, and returns its path.
  @discardableResult
  public func file(_ name: String, _ text: String) throws -> String { try file(name, text.utf8) }

  /// Copies a file or folder to an entry of the folder.
  public func copy(_ source: String, to name: String) throws {
    try FileManager.default.copyItem(atPath: source, toPath: place(name).path)
  }

  /// Makes a symbolic link, and the folders above it.
  public func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: place(name).path, withDestinationPath: target)
  }

  /// Makes a pipe and returns its path.
  public func pipe(_ name: String) throws -> String {
    let path = try place(name).path
    guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    return path
  }

  private func place(_ name: String) throws -> URL {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return url
  }
}

/// Runs `body` with the path of a folder that is removed afterwards.
public func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  try Scratch.with { try body($0.path) }
}
