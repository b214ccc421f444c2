internal import FileStore
internal import JSONDocuments

/// Reading of JSON files that this module wrote.
enum StoredJSON {
  static func read(_ path: String) throws(StatisticsError) -> JSONValue {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path)
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
