import Support
import TestSupport
import Testing
import Tokenizers

@testable import ModelHub

@Suite("Fetching vocabulary files")
struct VocabularyFetchTests {
  private static let contents = Array("the contents of a vocabulary".utf8)
  private static let wheelMembers = [
    ZipWriter.Member(name: "maxtext/assets/tokenizers/one", contents: contents),
    ZipWriter.Member(name: "maxtext/assets/tokenizers/two", contents: contents + contents),
  ]

  /// A store whose PATH has nothing but what a test puts into `bin`.
  private func store(_ folder: Scratch) -> VocabularyStore {
    let variables = ["HOME": folder.path, "PATH": folder.path + "/bin", "HF_HOME": folder.path + "/hf"]
    return VocabularyStore { variables[$0] }
  }

  private func cache(_ store: VocabularyStore) throws -> String { try #require(store.cacheDirectory) }

  private func members(_ store: VocabularyStore, secondDigest: String? = nil) throws -> [VocabularyPackage.Member] {
    try Self.wheelMembers.map {
      let digest = SHA256Digest.of($0.contents.span.bytes).hex
      let isSecond = $0.name.hasSuffix("two")
      return VocabularyPackage.Member(
        name: $0.name, sha256: isSecond ? secondDigest ?? digest : digest,
        destination: Files.join(try cache(store), Files.lastComponent($0.name)))
    }
  }

  /// A pip that copies a wheel to where it is told, and notes its arguments.
  private func writePip(_ name: String, _ folder: Scratch) throws {
    try folder.file("maxtext-0.2.5-py3-none-any.whl", ZipWriter.archive(Self.wheelMembers))
    try folder.writeScript(
      "bin/\(name)",
      """
      PATH=/usr/bin:/bin
      echo "$@" >> "\(folder.path)/arguments"
      while [ $# -gt 0 ]; do
        if [ "$1" = --dest ]; then cp "\(folder.path)"/*.whl "$2"; fi
        shift
      done
      """)
  }

  @Test(
    "Members are stored, pip is asked for the pinned package only, and nothing else is left",
    arguments: ["python3", "pip3", "pip", "python"])
  func stores(pip: String) throws {
    let folder = try Scratch()
    let store = store(folder)
    try writePip(pip, folder)
    if pip != "python3" {
      // A Python without pip is passed over.
      try folder.writeScript("bin/python3", "echo 'No module named pip' >&2; exit 1")
    }
    var events: [VocabularyStore.FetchEvent] = []
    try store.fetch(members(store)) { events.append($0) }
    #expect(events.count == 1)
    #expect(try Files.list(cache(store)) == ["one", "two"])
    for member in Self.wheelMembers {
      #expect(try Files.read(Files.join(cache(store), Files.lastComponent(member.name))) == member.contents)
    }
    let arguments = try Files.readText(folder.path + "/arguments").split(separator: "\n")
    let prefix = pip.hasPrefix("python") ? "-I -m pip " : ""
    #expect(arguments.first == "\(prefix)--version")
    #expect(
      arguments.last?.hasPrefix("\(prefix)download --no-deps --only-binary=:all: --python-version 3.12") == true)
    #expect(arguments.last?.hasSuffix(" maxtext==0.2.5") == true)
  }

  @Test("Programs are found in folders named from the root only, and no folder is taken for a program")
  func finding() throws {
    let folder = try Scratch()
    try folder.writeScript("bin/pip3", "exit 0")
    try Files.makeDirectories(folder.path + "/other/pip3")
    let relative = Files.relative(folder.path + "/bin", to: Files.currentDirectory)
    #expect(ChildProcess.find("pip3", in: "\(relative)::.:\(folder.path)/other") == nil)
    #expect(
      ChildProcess.find("pip3", in: "\(relative):\(folder.path)/other:\(folder.path)/bin")
        == folder.path + "/bin/pip3")
  }

  @Test("Programs get the variables of the list only")
  func variables() throws {
    let folder = try Scratch()
    try folder.writeScript("bin/show", "/usr/bin/env")
    #expect(try ChildProcess.run(folder.path + "/bin/show", [], output: folder.path + "/output").isSuccess)
    let output = try Files.readText(folder.path + "/output").split(separator: "\n").filter { $0.contains("=") }
    let names = output.map { String($0.prefix { $0 != "=" }) }
    // The shell that runs the script adds some of its own.
    #expect(names.allSatisfy { ChildProcess.isPassedOn($0) || ["PWD", "OLDPWD", "SHLVL", "_"].contains($0) })
    #expect(names.contains("PATH"))
    for name in ["PIP_INDEX_URL", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE", "HOME"] {
      #expect(ChildProcess.isPassedOn(name))
    }
    for name in ["PYTHONPATH", "PYTHONHOME", "LD_PRELOAD", "BASH_ENV", "PIP", "http_proxyx"] {
      #expect(!ChildProcess.isPassedOn(name))
    }
  }

  @Test("A wrong digest names both, and no file is stored, the right one neither")
  func wrongDigest() throws {
    let folder = try Scratch()
    let store = store(folder)
    try writePip("pip3", folder)
    let expected = String(repeating: "ab", count: 32)
    let actual = SHA256Digest.of((Self.contents + Self.contents).span.bytes).hex
    let error = #expect(throws: InputError.self) {
      try store.fetch(members(store, secondDigest: expected)) { _ in }
    }
    #expect(
      error == .wrongDigest(name: "maxtext/assets/tokenizers/two", expected: expected, actual: actual))
    #expect(error?.description.contains(expected) == true)
    #expect(error?.description.contains(actual) == true)
    #expect(try Files.list(cache(store)) == [])
  }

  @Test("Without pip the error says how to get it")
  func noPip() throws {
    let folder = try Scratch()
    let store = store(folder)
    let error = #expect(throws: InputError.self) { try store.fetch { _ in } }
    #expect(error?.description.contains("apt-get install python3-pip") == true)
    #expect(try Files.list(cache(store)) == [])
  }

  @Test("When pip fails the error has its command, its exit code and its last words")
  func downloadFails() throws {
    let folder = try Scratch()
    let store = store(folder)
    try folder.writeScript(
      "bin/pip3",
      """
      [ "$1" = --version ] && exit 0
      echo first; echo 'ERROR: No matching distribution found' >&2; exit 7
      """)
    let error = #expect(throws: InputError.self) { try store.fetch { _ in } }
    let message = error?.description ?? ""
    #expect(message.contains("bin/pip3 download"))
    #expect(message.contains("exit code 7"))
    #expect(message.contains("ERROR: No matching distribution found"))
    #expect(message.contains("check the network connection"))
  }

  @Test("A pip that leaves nothing, or no archive, or an archive without the files is an error")
  func badPackages() throws {
    let folder = try Scratch()
    let store = store(folder)
    try folder.writeScript("bin/pip3", "exit 0")
    #expect(throws: InputError.self) { try store.fetch { _ in } }
    try writePip("pip3", folder)
    let missing = #expect(throws: InputError.self) { try store.fetch([.gemma2]) { _ in } }
    #expect(missing?.description.contains("it holds no maxtext/assets/tokenizers/tokenizer.gemma") == true)
    try folder.file("maxtext-0.2.5-py3-none-any.whl", Array("no archive".utf8))
    let noArchive = #expect(throws: InputError.self) { try store.fetch([.gemma2]) { _ in } }
    #expect(noArchive?.description.contains("no ZIP archive") == true)
    #expect(try Files.list(cache(store)) == [])
  }

  @Test("A pip that is killed is an error that names the signal")
  func killed() throws {
    let folder = try Scratch()
    let store = store(folder)
    try folder.writeScript("bin/pip3", "[ \"$1\" = --version ] && exit 0\nkill -9 $$")
    let error = #expect(throws: InputError.self) { try store.fetch { _ in } }
    #expect(error?.description.contains("was ended by signal 9") == true)
  }

  @Test("What is present is not fetched again")
  func idempotent() throws {
    guard let official = try TestVocabularies.location(.llama3, suite: "fetching what is present") else { return }
    let folder = try Scratch()
    let store = store(folder)
    try folder.file(".cache/tokenstats/llama-3.tiktoken", Files.read(official.path))
    var events: [VocabularyStore.FetchEvent] = []
    // There is no pip in this PATH, so a download would fail.
    try store.fetch([.llama3]) { events.append($0) }
    #expect(events == [.present(.llama3, try store.locate(.llama3))])
  }
}
