import ColumnarFiles
import Datasets
import TokenStatistics

/// The columns of a dataset that is made.
public enum DatasetSchema: String, Sendable, Hashable, CaseIterable {
  /// The columns of the converter that wrote the original datasets.
  case v1
  /// The same and `dataset_type`, as a later version of the converter wrote them.
  case v2
}

extension DatasetSchema {
  /// The fields in the order of the original, with the note that tells the `datasets` library the features.
  ///
  /// - Parameters:
  ///   - type: names the column of the persona.
  ///   - hasScores: whether any row has a score; a column without any is of type null, as pyarrow infers it.
  func arrowSchema(type: DatasetKind, hasScores: Bool) -> Schema {
    HuggingFaceDataset.schema(fields(type: type, hasScores: hasScores))
  }

  private func fields(type: DatasetKind, hasScores: Bool) -> [Field] {
    var fields = [Field("model", .utf8), Field(type.rawValue, .utf8)]
    if self == .v2 { fields.append(Field("dataset_type", .utf8)) }
    return fields + [
      Field("system_prompt", .utf8), Field("label", .utf8), Field("prompt_index", .int64),
      Field("question_index", .int64), Field("question", .utf8),
      Field("messages", .list(Field("item", .struct(HuggingFaceDataset.messageFields)))),
      Field("extract_score", hasScores ? .int64 : .null),
    ]
  }
}
