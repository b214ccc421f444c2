import Tokenizers

/// A reader that is given bytes of strangers: it may refuse them with an error and do nothing worse.
///
/// `make fuzz` runs each for minutes, from seeds of ``FuzzSeeds``; the tests run all seeds and all kept crashes once.
public enum FuzzTarget: String, Sendable, CaseIterable {
  /// Arrow streams and files, all columns.
  case arrow
  /// Parquet files, all columns.
  case parquet
  /// A file of any kind as a source of conversations.
  case dataset
  /// JSON lines and documents of rows.
  case jsonl
  /// Rows of fields between delimiters.
  case csv
  /// Raw records of personas.
  case records
  /// Scores of raw records.
  case scores
  /// Statistics files.
  case statistics
  /// Checkpoints.
  case checkpoint
  /// SentencePiece models, then a text.
  case sentencepiece
  /// Ranks of tiktoken, then a text.
  case tiktoken
  /// Files of Hugging Face tokenizers, then a text.
  case tokenizer
  /// Files of Mistral's tokenizers, then a text.
  case tekken
  /// A Jinja template, rendered.
  case jinja
  /// The arguments of a template that uses most of the language.
  case arguments
  /// ZIP archives.
  case zip
  /// PNG files for terminals.
  case image
  /// Headers of images in rows, as bytes and as data URLs.
  case pictures
  /// Names of datasets, selections, repositories, files.
  case names

  /// Reads bytes; what is refused with an error is fine.
  public func run(_ bytes: [UInt8]) {
    switch self {
    case .arrow, .parquet: FuzzFiles.readTable(bytes)
    case .dataset, .jsonl: FuzzFiles.readSource(bytes)
    case .csv: FuzzFiles.readFields(bytes)
    case .records: FuzzFiles.readRecords(bytes)
    case .scores: FuzzFiles.readScores(bytes)
    case .statistics: FuzzFiles.readStatistics(bytes)
    case .checkpoint: FuzzFiles.readCheckpoint(bytes)
    case .sentencepiece: FuzzTokenizers.run(.sentencePiece, bytes)
    case .tiktoken: FuzzTokenizers.run(.tiktoken, bytes)
    case .tokenizer: FuzzTokenizers.run(.tokenizerJSON, bytes)
    case .tekken: FuzzTokenizers.run(.tekken, bytes)
    case .jinja: FuzzTemplates.render(bytes)
    case .arguments: FuzzTemplates.render(FuzzTemplates.everything, with: bytes)
    case .zip: FuzzFiles.readArchive(bytes)
    case .image: FuzzFiles.showImage(bytes)
    case .pictures: FuzzFiles.readPictures(bytes)
    case .names: FuzzNames.parse(String(decoding: bytes, as: UTF8.self))
    }
  }
}
