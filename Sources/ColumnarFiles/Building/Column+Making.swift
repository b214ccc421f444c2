extension Column {
  /// A column whose every row is null.
  public static func nulls(_ count: Int) -> Column { .null(NullColumn(count: max(0, count))) }

  /// A column of structs, none of them null.
  ///
  /// - Throws: where there is not one column for each field, all of one length.
  public static func structs(_ fields: [Field], _ columns: [Column]) throws(ColumnarFileError) -> Column {
    let count = columns.first?.count ?? 0
    guard fields.count == columns.count, columns.allSatisfy({ $0.count == count }) else {
      throw ColumnarFileError(.invalidInput, "the parts of a struct have different numbers of values")
    }
    return .structure(
      StructColumn(count: count, validity: Validity(allValid: count), fields: fields, columns: columns))
  }
}
