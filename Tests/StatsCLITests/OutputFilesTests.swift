import Foundation
import TestSupport
import Testing

/// What commands may write over, and what they read as files.
@Suite struct OutputFilesTests {
  private let sample = Program.packageFolder.appending(path: "Tests/ReportsTests/Goldens/sample.json")
  private let dataset = "qwen-3-32b__role__good.parquet"

  private func statistics(in scratch: Scratch, _ name: String = "t.json") throws -> Data {
    let contents = try Data(contentsOf: sample)
    try scratch.file(name, contents)
    return contents
  }

  /// A folder D with one Parquet file; only what is checked before the counting is run with it.
  private func datasets(in scratch: Scratch) throws -> Data {
    let contents = Data("the source".utf8)
    try scratch.file("D/\(dataset)", contents)
    return contents
  }

  private func analyze(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    try Program.run(
      ["analyze", "--dataset-dir", "D", "--no-plots", "--progress", "none"] + arguments, in: scratch.folder)
  }

  private func contents(_ scratch: Scratch, _ name: String) throws -> Data {
    try Data(contentsOf: scratch.folder.appending(path: name))
  }

  private func entries(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).sorted()
  }

  private func pipe(_ name: String, in scratch: Scratch) { #expect(mkfifo(scratch.path(name), 0o600) == 0) }

  private func link(_ name: String, to target: String, in scratch: Scratch) {
    #expect(symlink(target, scratch.path(name)) == 0)
  }

  @Test("A file that may not grow so long is an error with a message, and leaves nothing behind")
  func fileSizeLimit() throws {
    let scratch = try Scratch()
    _ = try statistics(in: scratch)
    let command = "'\(Program.executable.path)' report t.json --output r.html 2>&1; echo status $?"
    let result = try Program.shell("cd '\(scratch.folder.path)'; (ulimit -f 0; \(command)) | cat")
    #expect(result.output.hasSuffix("\nerror: cannot write r-datasets.tsv: File too large\nstatus 1\n"))
    #expect(try entries(scratch) == ["t.json"])
  }

  @Test("report replaces none of the statistics it reads, by whatever path, and needs a name")
  func report() throws {
    let scratch = try Scratch()
    let before = try statistics(in: scratch)
    link("link.html", to: "t.json", in: scratch)
    for output in ["t.json", "./t.json", "link.html", scratch.path("t.json")] {
      let result = try Program.run(["report", "t.json", "--output", output], in: scratch.folder)
      #expect(result.status == 64)
      #expect(
        result.errors
          == "error: --output \(output) and the statistics t.json are one file, and one would replace the other: "
          + "name another file\n")
    }
    try FileManager.default.copyItem(atPath: scratch.path("t.json"), toPath: scratch.path("x-datasets.json"))
    let beside = try Program.run(["report", "x-datasets.json", "--output", "x.html"], in: scratch.folder)
    #expect(beside.status == 64)
    #expect(
      beside.errors.hasPrefix(
        "error: x-datasets.json, written beside --output x.html, and the statistics x-datasets.json are one file"))
    let dash = try Program.run(["report", "t.json", "--output", "-"], in: scratch.folder)
    #expect(dash.status == 64)
    #expect(
      dash.errors
        == "error: --output -: what is written is a file and needs a name; for a file that is called so, "
        + "--output ./-\n")
    #expect(try entries(scratch) == ["link.html", "t.json", "x-datasets.json"])
    #expect(try contents(scratch, "t.json") == before && contents(scratch, "x-datasets.json") == before)
  }

  @Test("a link is followed, and a pipe is an error before anything is written")
  func kinds() throws {
    let scratch = try Scratch()
    _ = try statistics(in: scratch)
    try scratch.file("pages/page.html", "old")
    link("link.html", to: "pages/page.html", in: scratch)
    #expect(try Program.run(["report", "t.json", "--output", "link.html"], in: scratch.folder).status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path("link.html")) == "pages/page.html")
    #expect(try String(decoding: contents(scratch, "pages/page.html"), as: UTF8.self).contains("<title>"))
    let before = try entries(scratch)
    pipe("pipe", in: scratch)
    let message = "error: cannot write pipe: it is no regular file; name a file\n"
    for arguments in [
      ["report", "t.json", "--output", "pipe"], ["merge", "t.json", "--output", "pipe", "--force"],
      ["analyze", "--output-json", "pipe"], ["analyze", "--lengths", "pipe"],
    ] {
      let result = try Program.run(arguments, environment: ["TOKENSTATS_WORKSPACE": "."], in: scratch.folder)
      #expect(result.status == 1 && result.errors == message, "\(result.errors)")
    }
    #expect(try entries(scratch) == (before + ["pipe"]).sorted())
  }

  @Test("merge follows a link to its output, which may be one of what is merged")
  func merge() throws {
    let scratch = try Scratch()
    _ = try statistics(in: scratch, "sub/target.json")
    link("link.json", to: "sub/target.json", in: scratch)
    let result = try Program.run(["merge", "sub/target.json", "--output", "link.json"], in: scratch.folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path("link.json")) == "sub/target.json")
    #expect(try Program.run(["merge", "link.json", "--output", "-"], in: scratch.folder).status == 64)
  }

  @Test("analyze writes over no dataset, no list of names, no vocabulary, and no two results into one file")
  func analyze() throws {
    let scratch = try Scratch()
    let before = try datasets(in: scratch)
    try scratch.file("list.txt", "qwen-3-32b__role__good\n")
    try scratch.file("elsewhere/\(dataset)", before)
    link("way", to: "D", in: scratch)
    let cases: [(arguments: [String], first: String, second: String)] = [
      (["--output-json", "c.json", "--lengths", "./c.json"], "--output-json c.json", "--lengths ./c.json"),
      (["--lengths", "way/\(dataset)"], "--lengths way/\(dataset)", "the dataset D/\(dataset)"),
      (["--output-json", "D/\(dataset)"], "--output-json D/\(dataset)", "the dataset D/\(dataset)"),
      (
        ["elsewhere/\(dataset)", "--lengths", scratch.path("elsewhere/\(dataset)")],
        "--lengths \(scratch.path("elsewhere/\(dataset)"))", "the dataset elsewhere/\(dataset)"
      ),
      (["--names", "list.txt", "--lengths", "list.txt"], "--lengths list.txt", "--names list.txt"),
      (
        ["--tokenizer", "qwen-3-32b=list.txt", "--output-json", "list.txt"], "--output-json list.txt",
        "--tokenizer qwen-3-32b=list.txt"
      ),
    ]
    for (arguments, first, second) in cases {
      let result = try analyze(arguments, in: scratch)
      #expect(result.status == 64)
      #expect(
        result.errors
          == "error: \(first) and \(second) are one file, and one would replace the other: name another file\n")
    }
    #expect(try analyze(["--lengths", "-"], in: scratch).status == 64)
    #expect(try contents(scratch, "D/\(dataset)") == before && contents(scratch, "elsewhere/\(dataset)") == before)
    #expect(try entries(scratch) == ["D", "elsewhere", "list.txt", "way"])
  }

  @Test("analyze writes over no file of a dataset's folder")
  func folder() throws {
    let scratch = try Scratch()
    let folder = "D/qwen-3-32b__role__good/train"
    try scratch.file("\(folder)/state.json", "{}")
    try scratch.file("\(folder)/data-00000-of-00001.arrow", "rows")
    for output in ["state.json", "data-00000-of-00001.arrow"] {
      let result = try analyze(["--output-json", "\(folder)/\(output)"], in: scratch)
      #expect(result.status == 64 && result.errors.contains("the dataset D/qwen-3-32b__role__good are one file"))
    }
  }

  @Test("a pipe that is named as a dataset is an error, and is not waited for")
  func pipeAsDataset() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path("D"), withIntermediateDirectories: true)
    pipe("D/\(dataset)", in: scratch)
    let result = try analyze([], in: scratch)
    #expect(result.status != 0)
    #expect(
      result.errors.hasPrefix(
        "error: qwen-3-32b__role__good: cannot read D/\(dataset): it is no regular file; name a file\n"),
      "\(result.errors)")
  }

  @Test("pipes are no raw records and no scores, and are not waited for")
  func pipesAsRawData() throws {
    let scratch = try Scratch()
    let source = Program.rawDemo
    try FileManager.default.copyItem(atPath: source, toPath: scratch.path("raw"))
    let folder = "raw/qwen-3-32b/roles_240"
    for (name, path) in [
      ("lighthouse_keeper", "\(folder)/extract_scores/lighthouse_keeper.json"),
      ("0_default", "\(folder)/responses/0_default.jsonl"),
    ] {
      try FileManager.default.removeItem(atPath: scratch.path(path))
      pipe(path, in: scratch)
      let arguments = ["create", "--type", "role", "--model", "qwen-3-32b", "--name", name]
      let result = try Program.run(
        arguments + ["--persona-data-dir", "raw", "--output-dir", "made"], in: scratch.folder)
      #expect(result.status == 1)
      #expect(
        result.errors
          == "error: qwen-3-32b__role__\(name): cannot read \(path): it is no regular file; name a file\n")
    }
  }

  @Test("endless devices are not read as statistics or texts; pipes are")
  func inputs() throws {
    let scratch = try Scratch()
    _ = try statistics(in: scratch)
    let message = "cannot read /dev/zero: it is a device, which may have no end; name a file or a pipe"
    let zero = try Program.run(["report", "/dev/zero", "--output", "r.html"], in: scratch.folder)
    #expect(zero.status == 1 && zero.errors == "error: \(message)\n", "\(zero.errors)")
    let names = try analyze(["--names", "/dev/zero"], in: scratch)
    #expect(names.status == 1 && names.errors == "error: \(message)\n", "\(names.errors)")
    let program = Program.executable.path
    let piped = try Program.shell(
      "cd '\(scratch.folder.path)' && cat t.json | '\(program)' report /dev/stdin --output r.html")
    #expect(piped.status == 0, "\(piped.errors)")
    let output = try Program.shell(
      "cd '\(scratch.folder.path)' && '\(program)' report t.json --output /dev/stdout 2>&1 | cat")
    #expect(output.output == "error: cannot write /dev/stdout: it is no regular file; name a file\n")
  }
}
