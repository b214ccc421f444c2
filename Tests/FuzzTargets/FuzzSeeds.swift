import Glibc
public import Support

/// Small valid inputs that fuzzing begins with.
public enum FuzzSeeds {
  /// The seeds of a target.
  ///
  /// - Throws: `FileError` if a fixture of the tests cannot be read.
  public static func of(_ target: FuzzTarget) throws(FileError) -> [[UInt8]] {
    switch target {
    case .arrow: try fixtures("ColumnarFilesTests/Fixtures") { $0.hasSuffix(".arrow") }
    case .parquet: try fixtures("ColumnarFilesTests/Fixtures") { $0.hasSuffix(".parquet") }
    case .dataset:
      try fixtures("ColumnarFilesTests/Fixtures") { $0 == "lists.parquet" || $0 == "lists.stream.arrow" } + texts(rows)
    case .statistics: try fixtures("TokenStatisticsTests/Fixtures") { $0 == "sample_seed_stats.json" }
    case .jsonl: texts(rows)
    case .csv: texts(["text,label\nhello,pos\n\"two\nlines\",neg\n\"a \"\"b\"\"\",\n", "text\tx\n1\t2\r\n"])
    case .records: texts(records)
    case .scores: texts([#"{"p0_q0_pos": 3, "p1_q2_neg": 0.5, "default_p0_q1": null}"#])
    case .checkpoint: texts([checkpoint])
    case .sentencepiece: [sentencePiece]
    case .tiktoken: [tiktoken]
    case .tokenizer: texts(tokenizers)
    case .tekken: texts([tekken])
    case .jinja: texts(templates)
    case .arguments: texts([#"{"a": [1, 2.5, "x/y", null, true], "b": {"c": "é 🙂"}}"#, #"[[1], "a", {}]"#])
    case .zip: [Base64.decode(Array(zip.utf8)[...]) ?? []]
    case .image: [Base64.decode(Array(png.utf8)[...]) ?? []]
    case .pictures: [png, jpeg, webP].map { Base64.decode(Array($0.utf8)[...]) ?? [] }
    case .names: texts(names)
    }
  }

  private static func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  private static func fixtures(_ folder: String, _ isWanted: (String) -> Bool) throws(FileError) -> [[UInt8]] {
    let path = Files.join(Files.parent(of: Files.parent(of: #filePath)), folder)
    var seeds: [[UInt8]] = []
    for name in try Files.list(path).sorted() where isWanted(name) {
      seeds.append(try Files.read(Files.join(path, name)))
    }
    return seeds
  }

  private static let rows = [
    #"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}], "extract_score": 3}"#
      + "\n",
    #"{"conversations": [{"from": "human", "value": "a\u00e9"}, {"from": "gpt", "value": "b"}], "label": "x"}"# + "\n",
    #"{"prompt": "a", "completion": [{"role": "assistant", "content": [{"type": "text", "text": "x"}]}]}"# + "\n",
    #"[{"text": "a"}, {"text": "b"}]"#, #"{"data": [{"instruction": "a", "input": "", "output": "b"}]}"#,
    "\"a line\"\n\"another\"\n",
  ]

  private static let records = [
    #"{"prompt_index": 0, "question_index": 1, "label": "pos", "system_prompt": "s", "question": "q", "conversation": "#
      + #"[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}"# + "\n"
  ]

  private static let checkpoint =
    #"{"format": 2, "dataset": "m__role__x", "model": "m", "type": "role", "name": "x", "filters": {}, "tool": "1", "#
    + #""fingerprint": {"source": {"size": 1, "modified": 1, "sha256": "00"}, "options": {}}, "source": {}, "scores": {}}"#

  private static let names = [
    "gemma-2-27b__role__pirate__min3__pos", "qwen-3-32b__dataset__a--b:label=pos,min_score=3", "org/name@main",
    "../../x", "data/train-00000-of-00008.parquet", "\u{1B}[31mred\u{9B}0m\u{202E}",
    "---\nconfigs:\n- config_name: default\n  data_files: data/*.parquet\n---\n",
    "HTTP/2 200\r\ncontent-length: 5\r\nretry-after: 1\r\n\r\n",
    #"{"pat_str": "\\w+", "special_tokens": {"<s>": 0}}"#,
  ]

  private static let zip =
    "UEsDBBQAAAAIAMYWfl2AiPnlCgAAABEAAAABAAAAYctIzcnJV8hAkABQSwMEFAAAAAgAxhZ+XYMW3IwDAAAAAQAAAAEAAABiqwAAUEsBAhQDFAAA"
    + "AAgAxhZ+XYCI+eUKAAAAEQAAAAEAAAAAAAAAAAAAAIABAAAAAGFQSwECFAMUAAAACADGFn5dgxbcjAMAAAABAAAAAQAAAAAAAAAAAAAAgAEpAAAA"
    + "YlBLBQYAAAAAAgACAF4AAABLAAAAAAA="

  private static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAGElEQVR4nGNgYGRiZmFlY+fg5OJmII4DABjIAQkuumFyAAAAAElFTkSuQmCC"

  private static let jpeg =
    "/9j/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/wAALCAADAAcBAREA/9oACAEBAAA/AAD/2Q=="

  private static let webP =
    "UklGRmwAAABXRUJQVlA4WAoAAAAIAAAABgAAAgAAVlA4ICwAAACQAQCdASoHAAMAAUAmJaACdLoAA5gA/vBTH+j64RZGX/7Gb/56P/z0f6hg"
    + "AEVYSUYaAAAASUkqAAgAAAABABIBAwABAAAABgAAAAAAAAA="
}
