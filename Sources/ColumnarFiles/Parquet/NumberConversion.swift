/// How the bits of a stored number become those of a whole number or a double of 64 bits.
struct NumberConversion: Sendable {
  private enum Method {
    case same, signed, unsigned, single
  }

  private let method: Method

  init(_ type: ParquetSchemaElement.PhysicalType, _ kind: ParquetLeaf.Kind) {
    switch (type, kind) {
    case (.float, _): method = .single
    case (.int32, .int64(isSigned: false)): method = .unsigned
    case (.int32, _): method = .signed
    default: method = .same
    }
  }

  @inline(__always)
  func callAsFunction(_ raw: UInt64) -> UInt64 {
    switch method {
    case .same, .unsigned: raw
    case .signed: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: raw)))
    case .single: Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw))).bitPattern
    }
  }
}
