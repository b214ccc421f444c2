/// The columns of a table and what its writer noted beside them.
public struct Schema: Sendable, Hashable {
  /// A note of the writer, such as the features under the key `huggingface`.
  public struct Note: Sendable, Hashable {
    /// The name of the note.
    public var key: String
    /// The text of the note.
    public var value: String

    /// Pairs a key with its value.
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The top columns, in the file's order.
  public var fields: [Field]
  /// Key-value metadata in the file's order; keys may repeat.
  public var metadata: [Note]

  /// Describes a table.
  public init(_ fields: [Field], metadata: [Note] = []) {
    self.fields = fields
    self.metadata = metadata
  }

  /// Position of the first column of that name, compared byte by byte.
  public func index(of name: String) -> Int? {
    fields.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// The first column of that name.
  public subscript(name: String) -> Field? { index(of: name).map { fields[$0] } }

  /// The value of the first note under that key.
  public func metadata(_ key: String) -> String? {
    metadata.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }
}
