import Support
import JSON

/// Reading of JSON files that this module wrote.
enum StoredJSON {
  /// - Parameter fromPipes: whether it may also be what a program writes into a pipe.
  static func read(_ path: String, fromPipes: Bool = false) throws(StatisticsError) -> JSONValue {
    let bytes: [UInt8]
    do {
      bytes = try fromPipes ? Files.readInput(path) : Files.read(path)
    } catch {
      throw .file(error)
    }
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw .damaged(path: path, reason: error.description)
    }
  }
}
