// What ArgumentParser needs of Foundation, in place of Foundation: a sixth of the program, and a quarter of the protocol
// conformances that the runtime looks through at every start, for `--experimental-dump-help` and errors that nothing
// here throws. build.sh puts this module before the toolchain's; without it the program is the same but larger.

public protocol LocalizedError: Error {
  var errorDescription: String? { get }
}

public struct Data: Sendable {}

/// Encodes nothing: `--experimental-dump-help` says so.
public final class JSONEncoder {
  public struct OutputFormatting: OptionSet, Sendable {
    public let rawValue: UInt

    public init(rawValue: UInt) { self.rawValue = rawValue }

    public static let prettyPrinted = OutputFormatting(rawValue: 1)
    public static let sortedKeys = OutputFormatting(rawValue: 2)
  }

  public var outputFormatting: OutputFormatting = []

  public init() {}

  public func encode<T: Encodable>(_ value: T) throws -> Data { Data() }
}

extension String {
  public enum Encoding: Sendable {
    case utf8
  }

  public init?(data: Data, encoding: Encoding) { self = "this program is built without a description of itself in JSON" }
}
