/// The tree of a Parquet file's columns.
struct ParquetTree: Sendable {
  private(set) var columns: [ParquetNode] = []
  private(set) var leaves: [ParquetLeaf] = []
  private var next = 1
  private let elements: [ParquetSchemaElement]

  /// How deep columns may nest. Deeper ones come from damaged files.
  private static let depthLimit = 64

  /// What the ancestors of a node determine.
  private struct Place {
    var path = ""
    var depth = 0
    var definition = 0
    var repetition = 0
    /// Definition level at which the innermost list around has an element.
    var slotDefinition = 0

    /// The place of a child.
    func below(_ name: String) -> Place {
      var place = self
      place.path = path.isEmpty ? name : "\(path).\(name)"
      place.depth += 1
      return place
    }

    /// The place of the elements of a list.
    func repeated() -> Place {
      var place = self
      place.definition += 1
      place.repetition += 1
      place.slotDefinition = place.definition
      return place
    }
  }

  init(_ elements: [ParquetSchemaElement]) throws(ColumnarFileError) {
    self.elements = elements
    guard let root = elements.first else { throw .damaged("the file has no schema") }
    for _ in 0..<root.childCount { columns.append(try node(Place())) }
    guard next == elements.count else { throw .damaged("the schema has \(elements.count - next) columns too many") }
  }

  /// Reads the next element and all below it.
  private mutating func node(_ parent: Place) throws(ColumnarFileError) -> ParquetNode {
    let element = try nextElement()
    let place = parent.below(element.name)
    switch element.repetition {
    case .required: return try content(element, place, slot: place, isNullable: false)
    case .optional:
      var present = place
      present.definition += 1
      return try content(element, present, slot: place, isNullable: true)
    case .repeated:
      // A repeated column outside a list's group is a list of values that are there.
      let inner = place.repeated()
      let content = try content(element, inner, slot: inner, isNullable: false)
      return list(of: content, element.name, place, slot: place, isNullable: false)
    }
  }

  private mutating func nextElement() throws(ColumnarFileError) -> ParquetSchemaElement {
    guard next < elements.count else { throw .damaged("the schema has fewer columns than its groups promise") }
    defer { next += 1 }
    return elements[next]
  }

  /// Reads what stands below an element: a leaf, a struct, or a list in one of its forms.
  private mutating func content(
    _ element: ParquetSchemaElement, _ place: Place, slot: Place, isNullable: Bool
  ) throws(ColumnarFileError) -> ParquetNode {
    // Every element comes through here, the repeated groups of lists too, which `node` never sees.
    guard place.depth < Self.depthLimit else {
      throw .damaged("columns nest deeper than \(Self.depthLimit) levels").located(column: place.path)
    }
    if let type = element.physicalType, element.childCount == 0 {
      return leaf(element, type, place, slot: slot, isNullable: isNullable)
    }
    guard element.physicalType == nil else {
      throw .damaged("a column has a type of values as well as child columns").located(column: place.path)
    }
    if element.meaning == .list || element.meaning == .map, element.childCount == 1, next < elements.count,
      elements[next].repetition == .repeated
    {
      let repeated = try nextElement()
      let inner = place.below(repeated.name).repeated()
      let value = try listElement(repeated, inner, of: element)
      return list(of: value, element.name, place, slot: slot, isNullable: isNullable)
    }
    var children: [ParquetNode] = []
    for _ in 0..<element.childCount { children.append(try node(place)) }
    guard !children.isEmpty else {
      throw .unsupported("groups without columns are not supported").located(column: place.path)
    }
    return node(
      element.name, .structure(children.map(\.field)), isNullable, place, slot: slot, .structure(children))
  }

  /// The element of a list: the child of the repeated group, or in older files the repeated column itself.
  /// See https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists.
  private mutating func listElement(
    _ repeated: ParquetSchemaElement, _ inner: Place, of list: ParquetSchemaElement
  ) throws(ColumnarFileError) -> ParquetNode {
    let isWrapper =
      repeated.physicalType == nil && repeated.childCount == 1 && list.meaning == .list && repeated.name != "array"
      && repeated.name != list.name + "_tuple" && next < elements.count && elements[next].repetition != .repeated
    if isWrapper { return try node(inner) }
    return try content(repeated, inner, slot: inner, isNullable: false)
  }

  private func list(
    of element: ParquetNode, _ name: String, _ place: Place, slot: Place, isNullable: Bool
  ) -> ParquetNode {
    let content = ParquetNode.Content.list(
      element, definition: place.definition + 1, repetition: place.repetition + 1)
    return node(name, .list(element.field), isNullable, place, slot: slot, content)
  }

  private mutating func leaf(
    _ element: ParquetSchemaElement, _ type: ParquetSchemaElement.PhysicalType, _ place: Place, slot: Place,
    isNullable: Bool
  ) -> ParquetNode {
    let leaf = ParquetLeaf(
      path: place.path, physicalType: type, kind: ParquetLeaf.kind(element, type), definition: place.definition,
      slotDefinition: slot.slotDefinition, repetition: place.repetition)
    leaves.append(leaf)
    return node(element.name, leaf.columnType, isNullable, place, slot: slot, .leaf(leaves.count - 1))
  }

  private func node(
    _ name: String, _ type: ColumnType, _ isNullable: Bool, _ place: Place, slot: Place,
    _ content: ParquetNode.Content
  ) -> ParquetNode {
    ParquetNode(
      field: Field(name, type, isNullable: isNullable), definition: place.definition,
      slotDefinition: slot.slotDefinition, slotRepetition: slot.repetition, content: content)
  }
}
