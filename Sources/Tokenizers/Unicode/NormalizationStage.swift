/// Normalisation alone, for the benchmarks.
@_spi(Benchmarks)
public enum NormalizationStage {
  /// Writes the text in normalisation form C over the contents of `result`. Linear.
  public static func normalize(_ text: RawSpan, into result: inout [UInt8]) {
    var alignment: [Int]?
    Normalizer.normalizeNFC(text, into: &result, alignment: &alignment)
  }
}
