/// A column of a Parquet file with the levels that tell nulls and lists apart.
///
/// Parquet writes only leaves. Beside each value stand a definition level, which says down to which ancestor the value
/// is there, and a repetition level, which says at which list a new element begins (0: a new row). See
/// https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding.
struct ParquetNode: Sendable {
  enum Content: Sendable {
    case leaf(Int)
    /// An element exists from definition level `definition` on; it begins where the repetition level is `repetition` or
    /// less.
    indirect case list(ParquetNode, definition: Int, repetition: Int)
    case structure([ParquetNode])
  }

  let field: Field
  /// The node holds a value from this definition level on.
  let definition: Int
  /// A place for the node exists from this definition level on: the one at which the list around it has an element.
  let slotDefinition: Int
  /// A place for the node begins where the repetition level is this or less.
  let slotRepetition: Int
  let content: Content

  /// Numbers of the leaves below, this node included.
  var leaves: [Int] {
    switch content {
    case .leaf(let index): [index]
    case .list(let element, _, _): element.leaves
    case .structure(let children): children.flatMap(\.leaves)
    }
  }
}
