public import Datasets
import Support

/// What the raw records of a persona hold, without their texts.
public struct PersonaListing: Sendable, Hashable {
  /// The persona.
  public let persona: RawPersona
  /// Number of records.
  public private(set) var rows = 0
  /// Number of records by label, in the order in which the labels appear.
  public private(set) var labels: [LabelCount] = []
  /// Lines that are no records.
  public private(set) var damagedLines = 0

  /// How many records have a label.
  public struct LabelCount: Sendable, Hashable {
    /// The label.
    public let label: String
    /// Number of records.
    public internal(set) var rows: Int
  }

  /// Reads the records of a persona.
  ///
  /// - Throws: `InputError` where the file cannot be read, or there are more labels than memory is meant for.
  /// - Complexity: O(bytes of the file), in memory that does not grow with it.
  public init(_ persona: RawPersona) throws(InputError) {
    self.persona = persona
    var known = LabelTable()
    var tally = LabelTally()
    var record = RawRecord()
    do throws(FileError) {
      var reader = try RecordReader(path: persona.recordsPath)
      while let entry = try reader.next(into: &record) {
        guard case .record = entry else {
          damagedLines += 1
          continue
        }
        rows += 1
        do throws(RecordFault) {
          tally.add(try known.number(of: record.text.span.extracting(record.label)))
        } catch { throw FileError("read", persona.recordsPath, reason: "line \(reader.lineNumber): \(error.reason)") }
      }
    } catch { throw InputError(.unreadable, dataset: persona.persona, error.description) }
    labels = tally.counts(known)
  }
}
