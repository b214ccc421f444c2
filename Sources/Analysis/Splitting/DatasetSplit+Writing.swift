import ChatTemplates
import Datasets
import PersonaData
public import Support
import TokenStatistics

extension DatasetSplit {
  /// Reads the chosen rows again and writes them, with a manifest, to a folder that appears when it is complete.
  ///
  /// - Parameters:
  ///   - folder: The folder of the split; what ``SplitWriter/obstacle(at:replacing:)`` allows to replace is replaced.
  ///   - dropsSystem: Whether system messages of roles and traits are left out, as they were when the conversations
  ///     were counted.
  ///   - manifest: The text of the manifest.
  /// - Throws: `InputError` if a dataset cannot be read or changed since it was scanned, or a file cannot be written;
  ///   nothing is left then.
  public func write(to folder: String, dropsSystem: Bool, manifest: [UInt8]) throws(InputError) {
    var writer = try SplitWriter(
      folder: folder, parts: parts.map(\.budget.name), subjectColumn: PersonaNames.attribute,
      hasFractions: sources.contains(where: \.hasFractions))
    var chosen = [[(row: Row, part: Int)]](repeating: [], count: sources.count)
    for (index, part) in parts.enumerated() {
      for row in part.rows { chosen[row.source].append((row, index)) }
    }
    for (source, rows) in zip(sources, chosen) where !rows.isEmpty {
      try Self.copy(
        rows.sorted { $0.row.row < $1.row.row }, of: source.source,
        dropsSystem: dropsSystem && source.identity.kind != .dataset, to: &writer)
    }
    try writer.finish(manifest: manifest)
  }

  /// Copies rows of a dataset, in ascending order.
  private static func copy(
    _ rows: [(row: Row, part: Int)], of source: DatasetSource, dropsSystem: Bool, to writer: inout SplitWriter
  ) throws(InputError) {
    var reader = try DatasetReader(source, optionalColumns: SplitWriter.optionalColumns)
    var rest = rows[...]
    var messages: [ChatMessage] = []
    while !rest.isEmpty, let batch = try reader.nextBatch() {
      while let (row, part) = rest.first, row.row < batch.firstRow + batch.count {
        rest.removeFirst()
        let number = row.row - batch.firstRow
        do throws(InputError) {
          try batch.readMessages(of: number, into: &messages)
        } catch {
          throw InputError(.unreadable, dataset: source.name.description, "row \(row.row): \(error.message)")
        }
        if let number = messages.firstIndex(where: { $0.extras != nil }) {
          throw InputError(
            .unreadable, dataset: source.name.description,
            "row \(row.row), message \(number + 1) has reasoning or tool calls: a split holds role and content "
              + "and would lose them; leave such rows out")
        }
        if dropsSystem { messages.removeAll { $0.role == .system } }
        try writer.append(
          SplitRow(row: number, messages: messages, tokens: row.tokens), to: part, of: batch, name: source.name)
      }
    }
    try reader.verify()
    try source.checkUnchanged()
  }
}
