import Support
import Testing

@testable import ModelHub

@Suite("Which files of a dataset belong together")
struct DatasetLayoutTests {
  private func paths(_ names: [String]) throws -> [RepositoryPath] { try names.sorted().map { try RepositoryPath($0) } }

  /// The configurations as text: `config/split: file file`.
  private func summary(_ names: [String], card: String? = nil, wanted: String? = nil) throws -> [String] {
    let layout = try DatasetLayout(paths(names), card: card, of: "ada/chats", wanted: wanted)
    return layout.configurations.flatMap { configuration in
      configuration.splits.map { split in
        "\(configuration.name)/\(split.name): " + split.files.map(\.description).joined(separator: " ")
      }
    }
  }

  @Test("Without a card the names of shards, folders and files say what is a split, as for the library datasets")
  func implied() throws {
    #expect(
      try summary([
        "README.md", "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet",
        "data/test-00000-of-00001-abc.parquet", "data/my_split-00000-of-00001.parquet", "extra/train.parquet",
      ]) == [
        "default/train: data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet",
        "default/test: data/test-00000-of-00001-abc.parquet", "default/my_split: data/my_split-00000-of-00001.parquet",
      ])
    #expect(
      try summary(["train/a.jsonl", "train/b.jsonl", "dev/a.jsonl", "other/c.jsonl"]) == [
        "default/train: train/a.jsonl train/b.jsonl", "default/validation: dev/a.jsonl",
      ])
    #expect(
      try summary(["my-train.jsonl", "eval_1.jsonl", "training.jsonl", "constrain.jsonl"]) == [
        "default/train: my-train.jsonl training.jsonl", "default/test: eval_1.jsonl",
      ])
    let hidden = try summary(["b.jsonl", "a/c.jsonl", ".hidden.jsonl", "__x/d.jsonl"])
    #expect(hidden == ["default/train: a/c.jsonl b.jsonl"])
  }

  @Test("The kind of most files is read, and what is passed over is named")
  func kinds() throws {
    let layout = try DatasetLayout(
      paths(["a.jsonl.gz", "b.jsonl", "c.csv", "notes.txt", "config.json"]), card: nil, of: "ada/chats")
    #expect(layout.configurations.first?.splits.first?.files.map(\.description) == ["a.jsonl.gz", "b.jsonl"])
    #expect(layout.notices == ["ada/chats: 2 files are no JSON, such as c.csv: passed over"])
    #expect(try summary(["a.csv", "b.parquet"]) == ["default/train: b.parquet"])
    let failed = failure { _ = try summary(["a.tar", "README.md"]) }
    #expect(failed?.kind == .notFound && failed?.description.contains("*.tar") == true)
    #expect(failed?.description.contains("refs/convert/parquet") == true)
  }

  private static let card = """
    ---
    license: mit
    description: |
      text:
      configs: no
    dataset_info:
    - config_name: one
      features: &x
      - name: messages
    configs:
    - config_name: one   # a comment
      default: true
      data_files:
      - split: train
        path: "one/*.jsonl"
      - {split: test, path: ['one/more/**', extra.jsonl]}
    - config_name: 'two'
      data_dir: two
    - config_name: three
      data_files: three.jsonl

    tags: [a, b]
    ---
    # Title
    configs:
    """
  private static let files = [
    "one/a.jsonl", "one/b.jsonl", "one/more/x/c.jsonl", "extra.jsonl", "two/test.jsonl", "two/train/d.jsonl",
    "three.jsonl", "README.md",
  ]

  @Test("A card's configs say which files are which split")
  func cards() throws {
    #expect(
      try summary(Self.files, card: Self.card) == [
        "one/train: one/a.jsonl one/b.jsonl", "one/test: one/more/x/c.jsonl extra.jsonl",
        "two/train: two/train/d.jsonl",
        "three/train: three.jsonl",
      ])
    #expect(try summary(Self.files, card: Self.card, wanted: "three") == ["three/train: three.jsonl"])
    let empty = ["---\nlicense: mit\n---\n", "---\nconfigs: []\n---\n", "---\nconfigs:\n---\n"]
    for text in ["", "# no front matter"] + empty {
      #expect(try summary(["a.jsonl"], card: text) == ["default/train: a.jsonl"], "\(text)")
    }
    let missing = failure { _ = try summary(["a.jsonl"], card: Self.card) }
    #expect(missing?.kind == .notFound && missing?.description.contains("extra.jsonl") == true)
  }

  @Test("A pattern of a card that matches nothing is passed over with a notice, a name that is not there is an error")
  func patternsWithoutFiles() throws {
    let card = { (path: String) in
      """
      ---
      configs:
      - config_name: one
        data_files:
        - split: train
          path: [a.jsonl, "\(path)"]
        - split: test
          path: "none/*"
      ---
      """
    }
    let layout = try DatasetLayout(paths(["a.jsonl"]), card: card("b*.jsonl"), of: "x")
    #expect(layout.configurations.first?.splits.map(\.name) == ["train"])
    #expect(layout.notices.count == 2 && layout.notices[0].contains("b*.jsonl"), "\(layout.notices)")
    #expect(failure { _ = try summary(["a.jsonl"], card: card("b.jsonl")) }?.kind == .notFound)
    let two = "---\nconfigs:\n- config_name: x\n  data_files: b*\n- config_name: y\n  data_files: a*\n---\n"
    #expect(try summary(["a.jsonl"], card: two) == ["y/train: a.jsonl"])
    #expect(failure { _ = try summary(["a.jsonl"], card: two, wanted: "x") }?.kind == .notFound)
  }

  @Test(
    "What a card says and is not understood is refused with its line",
    arguments: [
      ("- config_name: a\n  data_files: *.jsonl", "line 3", "an alias"),
      ("- config_name: a\n  data_files: &x a.jsonl", "line 3", "an anchor"),
      ("- config_name: a\n  data_files: !!str a", "line 3", "a tag"),
      ("- config_name: a\n  data_files: |\n    a", "line 3", "several lines"),
      ("- config_name: a\n  data_files: \"a\n    b\"", "line 3", "end on its line"),
      ("- config_name: a\n  data_files: a\n    b", "line 4", "indented"),
      ("- config_name: a\n  config_name: b", "line 3", "twice"),
      ("- config_name: a\n - config_name: b", "line 3", "indented"),
      ("- config_name: a\n  data_files: [a, [b]", "line 3", "bracket"),
      ("- config_name: a\n  data_files: a: b", "line 3", "quotes"),
      ("- config_name: a\n\tdata_files: a", "line 3", ""),
      ("- name: a", "config_name", ""), ("- config_name: a\n- config_name: a", "same config_name", ""),
      ("  a", "no NAME: VALUE", ""), ("  a: b", "not a list", ""),
      ("- config_name: a\n  data_files:\n  - {split: a}", "split and path", ""),
      ("- config_name: a\n  data_files: a**b", "**", ""),
      ("- config_name: \"\\q\"", "escape", ""),
    ])
  func refusals(configs: String, place: String, word: String) throws {
    let card = "---\nconfigs:\n\(configs)\n---\n"
    let failed = failure { _ = try summary(["a.jsonl"], card: card) }
    #expect(failed?.kind == .damaged)
    // The card begins one line above `configs`.
    let shown = place.hasPrefix("line ") ? "line \((Int(place.dropFirst(5)) ?? 0) + 1)" : place
    #expect(failed?.description.contains(shown) == true, "\(String(describing: failed))")
    #expect(failed?.description.contains(word) == true || word.isEmpty, "\(String(describing: failed))")
  }

  @Test("Deep nesting and long patterns end soon")
  func bounds() throws {
    let deep = "---\nconfigs: " + String(repeating: "[", count: 100_000) + "\n---\n"
    #expect(failure { _ = try summary(["a.jsonl"], card: deep) }?.description.contains("nested") == true)
    let dashes = "---\nconfigs:\n" + String(repeating: "- ", count: 10_000) + "a\n---\n"
    #expect(failure { _ = try summary(["a.jsonl"], card: dashes) }?.description.contains("nested") == true)
    let pattern = try #require(RepositoryPattern(String(repeating: "*a", count: 100) + "b"))
    let path = try RepositoryPath(String(repeating: "a", count: 200))
    #expect(!pattern.matches(path))
    let folders = try #require(RepositoryPattern(String(repeating: "**/a/", count: 100) + "b"))
    #expect(!folders.matches(try RepositoryPath(Array(repeating: "a", count: 300).joined(separator: "/"))))
    let escapes = "---\nconfigs:\n- config_name: \"" + String(repeating: "\\x41", count: 200_000) + "\"\n---\n"
    #expect(try summary(["a.jsonl"], card: escapes).isEmpty == false)
  }

  @Test(
    "Patterns match as in Python's glob",
    arguments: [
      ("*.jsonl", "a.jsonl", true), ("*.jsonl", "x/a.jsonl", false), ("**/*.jsonl", "a.jsonl", true),
      ("**/*.jsonl", "x/y/a.jsonl", true), ("x/**", "x/a", true), ("x/**", "x/y/a", true), ("x/**", "xy/a", false),
      ("x/**/a", "x/a", true), ("a?c", "abc", true), ("a?c", "ac", false), ("a[0-9]c", "a5c", true),
      ("a[!0-9]c", "a5c", false), ("a[!0-9]c", "abc", true), ("a[]]c", "a]c", true), ("a[c", "a[c", true),
      ("./a", "a", true), ("*", ".a", false), (".*", ".a", true), ("x/*", "x/a/b", false), ("*a*b*", "xxaxxbxx", true),
      ("__x/*", "__x/a", true), ("**", "__x/a", false), ("*a", "ba", true), ("*a", "ab", false),
    ])
  func patterns(pattern: String, path: String, isMatch: Bool) throws {
    #expect(try #require(RepositoryPattern(pattern)).matches(RepositoryPath(path)) == isMatch)
  }
}
