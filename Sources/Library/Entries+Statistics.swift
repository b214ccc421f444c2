public import CTokenstats
import ColumnarFiles
import Counting
import Support
import TokenStatistics

// Functions of `tokenstats.h`, which says what they do.

/// Statistics as callers hold them; it belongs to one thread at a time.
private final class HeldStatistics {
  var checkpoint: Checkpoint

  init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

  var pointer: OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  static func held(_ pointer: OpaquePointer?) -> HeldStatistics? {
    pointer.map { Unmanaged<HeldStatistics>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_of_lengths")
public func statisticsOfLengths(
  _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ lengths: UnsafePointer<ArrowArray>?,
  _ lengthsSchema: UnsafePointer<ArrowSchema>?, _ groups: UnsafePointer<ArrowArray>?,
  _ groupsSchema: UnsafePointer<ArrowSchema>?, _ statistics: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  guard let model = OpenedModel.held(model), let name, let lengths, let lengthsSchema, let statistics else {
    return Failure.argument("a model, a name, lengths and a place for the statistics are needed").tell(error)
  }
  do throws(FileError) {
    let rows = 0..<Int(lengths.pointee.length)
    // Its members would be columns, of which none is the lengths.
    guard lengthsSchema.pointee.format.map({ String(cString: $0) }) != "+s" else {
      throw FileError(.unsupported, "lengths are whole numbers; structs are there")
    }
    let table = try RecordBatch(lending: lengths, lengthsSchema, named: "lengths", rows: rows)
    guard let column = table.columns.first?.int64 else {
      throw FileError(.unsupported, "lengths are whole numbers; \(table.schema.fields[0].type) is there")
    }
    var parts: [(column: String, values: [String?])] = []
    if let groups, let groupsSchema {
      guard Int(groups.pointee.length) == rows.count else {
        throw FileError(.invalidInput, "\(groups.pointee.length) rows of groups for \(rows.count) lengths")
      }
      let groupTable = try RecordBatch(lending: groups, groupsSchema, named: "group", rows: rows)
      for (field, values) in zip(groupTable.schema.fields, groupTable.columns) {
        let texts = try Groups.texts(of: values, field)
        // A struct that is null has members with whatever values.
        parts.append((field.name, rows.map { LentTexts.isValid(groups, $0) ? texts[$0] : nil }))
      }
    }
    let kept = rows.filter { column[$0] != nil }
    let numbers = kept.compactMap { column[$0].map { Int(clamping: $0) } }
    guard numbers.allSatisfy({ 0...LengthDistribution.maximumLength ~= $0 }) else {
      throw FileError(.invalidInput, "a length is below 0 or beyond \(LengthDistribution.maximumLength)")
    }
    let checkpoint = Checkpoint(
      name: String(cString: name), model: model.datasetPart, tokenizer: model.loaded.record(mode: .template),
      lengths: numbers, groups: parts.map { part in (part.column, kept.map { part.values[$0] }) },
      toolVersion: "libtokenstats \(TS_ABI_VERSION)")
    statistics.pointee = HeldStatistics(checkpoint).pointer
    return Int32(TS_OK)
  } catch let reason { return Failure(column: reason).tell(error) }
}

/// The values of columns that rows are grouped by.
private enum Groups {
  static func texts(of column: Column, _ field: Field) throws(FileError) -> [String?] {
    let rows = 0..<column.count
    switch column {
    case .utf8(let texts): return rows.map { texts.string($0) }
    case .int64(let numbers): return rows.map { numbers[$0].map { String($0) } }
    case .bool(let flags): return rows.map { flags[$0].map { $0 ? "true" : "false" } }
    case .null: return rows.map { _ in nil }
    case .double, .list, .struct:
      throw FileError(
        .unsupported, "rows are grouped by strings, whole numbers or truth values; \(field.type) is there"
      ).located(column: field.name)
    }
  }
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_merge")
public func mergeStatistics(
  _ statistics: OpaquePointer?, _ other: OpaquePointer?, _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  guard let statistics = HeldStatistics.held(statistics), let other = HeldStatistics.held(other) else {
    return Failure.argument("two statistics are needed").tell(error)
  }
  do throws(FileError) {
    var merged = statistics.checkpoint
    try merged.append(other.checkpoint)
    statistics.checkpoint = merged
    return Int32(TS_OK)
  } catch let reason { return Failure(statistics: reason).tell(error) }
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_exact")
public func exactStatistics(_ statistics: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  HeldStatistics.held(statistics).flatMap { CText.copy($0.checkpoint.exact) }
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_document")
public func statisticsDocument(
  _ statistics: OpaquePointer?, _ limits: UnsafePointer<Int32>?, _ limitCount: Int
) -> UnsafeMutablePointer<CChar>? {
  guard let statistics = HeldStatistics.held(statistics) else { return nil }
  let limits = UnsafeBufferPointer(start: limits, count: limits == nil ? 0 : limitCount).map { Int($0) }
  let document = try? statistics.checkpoint.document(limits: Set(limits.filter { $0 > 0 }).sorted())
  return document.flatMap { CText.copy($0) }
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_percentile")
public func percentile(_ statistics: OpaquePointer?, _ percent: Double) -> Int64 {
  Int64(HeldStatistics.held(statistics)?.checkpoint.tally.lengths.percentile(percent) ?? -1)
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_read")
public func readStatistics(
  _ json: UnsafePointer<CChar>?, _ statistics: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<ts_error>?
) -> Int32 {
  guard let json, let statistics else {
    return Failure.argument("a text and a place for the statistics are needed").tell(error)
  }
  do throws(FileError) {
    statistics.pointee = HeldStatistics(try Checkpoint(exact: Array(String(cString: json).utf8))).pointer
    return Int32(TS_OK)
  } catch let reason { return Failure(statistics: reason).tell(error) }
}

/// See `tokenstats.h`.
@_cdecl("ts_statistics_close")
public func closeStatistics(_ statistics: OpaquePointer?) {
  if let statistics { Unmanaged<HeldStatistics>.fromOpaque(UnsafeRawPointer(statistics)).release() }
}
