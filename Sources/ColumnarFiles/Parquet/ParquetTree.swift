import Support

/// The tree of a Parquet file's columns.
struct ParquetTree: Sendable {
  private(set) var columns: [ParquetNode] = []
  private(set) var leaves: [ParquetLeaf] = []
  private var next = 1
  private let elements: [ParquetSchemaElement]

  /// How deep columns may nest.
  private let depthLimit: Int
  /// The bytes of names, with those around them, that may still be put together.
  private var textBudget: Int
  /// Whether fields say how their values are stored.
  private let keepsStoredTypes: Bool

  /// Facts about a node that its ancestors determine.
  private struct Levels {
    var path = ""
    var depth = 0
    var definition = 0
    var repetition = 0
    /// Definition level at which the innermost list around has an element.
    var slotDefinition = 0

    /// The levels of a child.
    func below(_ name: String) -> Levels {
      var levels = self
      levels.path = path.isEmpty ? name : "\(path).\(name)"
      levels.depth += 1
      return levels
    }

    /// The levels of the elements of a list.
    func repeated() -> Levels {
      var levels = self
      levels.definition += 1
      levels.repetition += 1
      levels.slotDefinition = levels.definition
      return levels
    }
  }

  init(_ elements: [ParquetSchemaElement], limits: Limits, keepsStoredTypes: Bool) throws(FileError) {
    self.elements = elements
    self.keepsStoredTypes = keepsStoredTypes
    depthLimit = limits.nesting
    textBudget = limits.schemaText(ofBytes: elements.reduce(0) { $0 + $1.name.utf8.count })
    guard let root = elements.first else { throw .damaged("the file has no schema") }
    for _ in 0..<root.childCount { columns.append(try node(Levels())) }
    guard next == elements.count else { throw .damaged("the schema has \(elements.count - next) columns too many") }
  }

  /// Reads the next element and all below it.
  private mutating func node(_ parent: Levels) throws(FileError) -> ParquetNode {
    let element = try nextElement()
    let levels = try below(parent, element.name)
    switch element.repetition {
    case .required: return try content(element, levels, slot: levels, isNullable: false)
    case .optional:
      var present = levels
      present.definition += 1
      return try content(element, present, slot: levels, isNullable: true)
    case .repeated:
      // A repeated column outside a list's group is a list of values without nulls.
      let inner = levels.repeated()
      let content = try content(element, inner, slot: inner, isNullable: false)
      return list(of: content, element.name, levels, slot: levels, isNullable: false)
    }
  }

  /// The levels of a child.
  private mutating func below(_ parent: Levels, _ name: String) throws(FileError) -> Levels {
    let levels = parent.below(name)
    textBudget -= levels.path.utf8.count
    guard textBudget >= 0 else { throw .damaged("the names of the columns are longer than the schema has room for") }
    return levels
  }

  private mutating func nextElement() throws(FileError) -> ParquetSchemaElement {
    guard next < elements.count else { throw .damaged("the schema has fewer columns than its groups promise") }
    defer { next += 1 }
    return elements[next]
  }

  /// Reads the content of an element: a leaf, a struct, or a list in one of its forms.
  private mutating func content(
    _ element: ParquetSchemaElement, _ levels: Levels, slot: Levels, isNullable: Bool
  ) throws(FileError) -> ParquetNode {
    // Every element passes here, including the repeated groups of lists, which `node` never sees.
    guard levels.depth < depthLimit else {
      throw .damaged("columns nest deeper than \(depthLimit) levels").located(column: levels.path)
    }
    if let type = element.physicalType, element.childCount == 0 {
      return leaf(element, type, levels, slot: slot, isNullable: isNullable)
    }
    guard element.physicalType == nil else {
      throw .damaged("a column has a type of values as well as child columns").located(column: levels.path)
    }
    if element.meaning == .list || element.meaning == .map, element.childCount == 1, next < elements.count,
      elements[next].repetition == .repeated
    {
      let repeated = try nextElement()
      let inner = try below(levels, repeated.name).repeated()
      let value = try listElement(repeated, inner, of: element)
      return list(of: value, element.name, levels, slot: slot, isNullable: isNullable)
    }
    var children: [ParquetNode] = []
    for _ in 0..<element.childCount { children.append(try node(levels)) }
    guard !children.isEmpty else {
      throw .unsupported("groups without columns are not supported").located(column: levels.path)
    }
    return node(
      element.name, .struct(children.map(\.field)), isNullable, levels, slot: slot, .struct(children))
  }

  /// The element of a list: the child of the repeated group, or in older files the repeated column itself.
  /// See https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists.
  private mutating func listElement(
    _ repeated: ParquetSchemaElement, _ inner: Levels, of list: ParquetSchemaElement
  ) throws(FileError) -> ParquetNode {
    let isWrapper =
      repeated.physicalType == nil && repeated.childCount == 1 && list.meaning == .list && repeated.name != "array"
      && repeated.name != list.name + "_tuple" && next < elements.count && elements[next].repetition != .repeated
    if isWrapper { return try node(inner) }
    return try content(repeated, inner, slot: inner, isNullable: false)
  }

  private func list(
    of element: ParquetNode, _ name: String, _ levels: Levels, slot: Levels, isNullable: Bool
  ) -> ParquetNode {
    let content = ParquetNode.Content.list(
      element, definition: levels.definition + 1, repetition: levels.repetition + 1)
    return node(name, .list(element.field), isNullable, levels, slot: slot, content)
  }

  private mutating func leaf(
    _ element: ParquetSchemaElement, _ type: ParquetSchemaElement.PhysicalType, _ levels: Levels, slot: Levels,
    isNullable: Bool
  ) -> ParquetNode {
    let stored = keepsStoredTypes ? element.storedType(type) : nil
    let leaf = ParquetLeaf(
      path: levels.path, physicalType: type, kind: ParquetLeaf.kind(element, type, stored: stored),
      presentation: ParquetLeaf.presentation(element, type), length: element.typeLength,
      definition: levels.definition, slotDefinition: slot.slotDefinition, repetition: levels.repetition)
    leaves.append(leaf)
    return node(
      element.name, leaf.columnType, isNullable, levels, slot: slot, .leaf(leaves.count - 1),
      holdsJSON: element.meaning == .json, stored: stored)
  }

  private func node(
    _ name: String, _ type: ColumnType, _ isNullable: Bool, _ levels: Levels, slot: Levels,
    _ content: ParquetNode.Content, holdsJSON: Bool = false, stored: StoredType? = nil
  ) -> ParquetNode {
    var field = Field(name, type, isNullable: isNullable)
    field.holdsJSON = holdsJSON
    field.stored = stored
    return ParquetNode(
      field: field, definition: levels.definition,
      slotDefinition: slot.slotDefinition, slotRepetition: slot.repetition, content: content)
  }
}

/// A column of a Parquet file, with the levels that encode nulls and lists.
///
/// Parquet writes only leaves. Each value has a definition level, which says down to which ancestor the value
/// is there, and a repetition level, which says at which list a new element begins (0: a new row). See
/// https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding.
struct ParquetNode: Sendable {
  enum Content: Sendable {
    case leaf(Int)
    /// An element exists from definition level `definition` on; it begins where the repetition level is `repetition` or
    /// less.
    indirect case list(ParquetNode, definition: Int, repetition: Int)
    case `struct`([ParquetNode])
  }

  let field: Field
  /// The node holds a value from this definition level on.
  let definition: Int
  /// A slot for the node exists from this definition level on: the one at which the list around it has an element.
  let slotDefinition: Int
  /// A slot for the node begins where the repetition level is this or less.
  let slotRepetition: Int
  let content: Content

  /// Numbers of the leaves below, this node included.
  var leaves: [Int] {
    switch content {
    case .leaf(let index): [index]
    case .list(let element, _, _): element.leaves
    case .struct(let children): children.flatMap(\.leaves)
    }
  }
}

extension ParquetTree {
  /// Leaves out members of structs that cannot be read.
  mutating func passOverMembers() { columns = columns.map { $0.readable ?? $0 } }
}

extension ParquetNode {
  /// The node without members of structs that cannot be read; nil where nothing is left of it.
  fileprivate var readable: ParquetNode? {
    guard let type = field.type.readable else { return nil }
    var field = field
    field.type = type
    let kept: Content =
      switch content {
      case .leaf: content
      case .list(let element, let definition, let repetition):
        .list(element.readable ?? element, definition: definition, repetition: repetition)
      case .struct(let children): .struct(children.compactMap(\.readable))
      }
    return ParquetNode(
      field: field, definition: definition, slotDefinition: slotDefinition, slotRepetition: slotRepetition,
      content: kept)
  }

  /// The member of structs that a path leads to. It has a slot in each row, because only lists make slots.
  func member(_ path: [Int]) -> ParquetNode {
    var node = self
    for index in path {
      guard case .struct(let children) = node.content else { break }
      node = children[index]
    }
    return node
  }
}

/// A leaf of a Parquet file's tree of columns: what is written as a column chunk.
struct ParquetLeaf: Sendable {
  enum Kind: Sendable {
    case null
    case bool
    case int64(isSigned: Bool)
    case double
    case utf8
    case unsupported(String)
  }

  /// Names from the top column down, joined with dots.
  let path: String
  let physicalType: ParquetSchemaElement.PhysicalType
  let kind: Kind
  /// How the stored values are shown.
  let presentation: Presentation
  /// The length of values that all have the same.
  let length: Int
  /// Definition level of a value that is there.
  let definition: Int
  /// Definition level from which on there is a slot for a value.
  let slotDefinition: Int
  /// The highest repetition level: the number of lists around the leaf.
  let repetition: Int

  /// What the leaf holds, as far as this module distinguishes types.
  var columnType: ColumnType {
    switch kind {
    case .null: .null
    case .bool: .bool
    case .int64: presentation.columnType(.int64)
    case .double: .double
    case .utf8: presentation.columnType(.utf8)
    case .unsupported(let name): .unsupported(name)
    }
  }

  /// The length of the values where it is not stored with them; nil where it is.
  var fixedLength: Int? { physicalType == .fixedLengthByteArray ? length : nil }

  /// How values of a meaning are shown.
  static func presentation(
    _ element: ParquetSchemaElement, _ type: ParquetSchemaElement.PhysicalType
  ) -> Presentation {
    switch (element.meaning, type) {
    case (.decimal, .int32), (.decimal, .int64), (.decimal, .byteArray), (.decimal, .fixedLengthByteArray):
      .decimal(scale: element.scale)
    case (.date, .int32): .date
    case (.half, .fixedLengthByteArray): .half
    default: .plain
    }
  }

  /// What the values of an element mean.
  ///
  /// - Parameter stored: how they are stored, where that is passed on: then times and the like can be read.
  static func kind(
    _ element: ParquetSchemaElement, _ type: ParquetSchemaElement.PhysicalType, stored: StoredType? = nil
  ) -> Kind {
    switch element.meaning {
    case .null: return .null
    case .other(let name) where stored == nil: return .unsupported(name)
    default: break
    }
    switch type {
    case .boolean: return .bool
    case .int32, .int64:
      if case .integer(let isSigned) = element.meaning { return .int64(isSigned: isSigned) }
      return .int64(isSigned: true)
    // A time in nanoseconds, which older writers split into a day and a time of the day.
    case .int96: return stored == nil ? .unsupported("INT96") : .int64(isSigned: true)
    case .float, .double: return .double
    case .byteArray: return .utf8
    case .fixedLengthByteArray: return .utf8
    }
  }
}
