import Support
import TestSupport
import Testing

@testable import ModelHub

@Suite("The hub's cache")
struct HubCacheTests {
  private static let commit = String(repeating: "a1", count: 20)
  private static let other = String(repeating: "b2", count: 20)

  private func model(_ name: String = "ada/tiny") throws -> RepositoryID { try RepositoryID(name, kind: .model) }

  @Test("The folders follow the environment as for Python")
  func folders() {
    func settings(_ variables: [String: String]) -> HubSettings { HubSettings { variables[$0] } }
    #expect(settings(["HOME": "/h"]).cacheDirectory == "/h/.cache/huggingface/hub")
    #expect(settings(["HOME": "/h", "XDG_CACHE_HOME": "/x"]).cacheDirectory == "/x/huggingface/hub")
    #expect(settings(["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "~/f"]).cacheDirectory == "/h/f/hub")
    #expect(settings(["HF_HOME": "/f", "HF_HUB_CACHE": "/c"]).cacheDirectory == "/c")
    #expect(settings(["HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/c"]).cacheDirectory == "/c")
    #expect(settings(["HOME": "/h", "HF_HOME": "$HOME/${A}x$B$"]).cacheDirectory == "/h/${A}x$B$/hub")
    #expect(settings(["HOME": "/h", "A": "a", "B": "b", "HF_HOME": "$HOME/${A}x$B"]).cacheDirectory == "/h/axb/hub")
    #expect(settings([:]).cacheDirectory == nil)
    #expect(settings(["HF_HUB_OFFLINE": "1"]).isOffline && settings(["TRANSFORMERS_OFFLINE": "yes"]).isOffline)
    #expect(!settings(["HF_HUB_OFFLINE": "0"]).isOffline)
    #expect(settings(["HF_ENDPOINT": "https://mirror/"]).endpoint == "https://mirror")
  }

  @Test("A token is read from the environment or its file, and must be one word")
  func tokens() throws {
    let folder = try Scratch()
    func settings(_ variables: [String: String]) -> HubSettings { HubSettings { variables[$0] } }
    try folder.file("token", "hf_file\n")
    #expect(try settings(["HF_TOKEN": " hf_1\n", "HF_HOME": folder.path]).readToken() == "hf_1")
    #expect(try settings(["HF_HOME": folder.path]).readToken() == "hf_file")
    #expect(try settings(["HF_TOKEN_PATH": folder.path("token")]).readToken() == "hf_file")
    #expect(try settings(["HF_HOME": folder.path, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]).readToken() == nil)
    #expect(try settings([:]).readToken() == nil)
    #expect(failure { _ = try settings(["HF_TOKEN": "a\nb"]).readToken() }?.kind == .denied)
    #expect(failure { _ = try settings(["HF_TOKEN": "a\" b"]).readToken() }?.kind == .denied)
  }

  @Test("Names that could lead to another place, or that the hub does not have, are refused")
  func names() throws {
    for name in ["org/name", "gpt2", "a_b/C-d.e1"] { #expect(try RepositoryID(name, kind: .dataset).name == name) }
    for name in [
      "", "/", "a/", "/a", "a/b/c", "../x", "a/..", "a/b..c", "a--b/c", ".a/b", "a/-b", "a/b.", "a/b.git", "a b/c",
      "a/b\u{0}", "a/é", String(repeating: "a", count: 97),
    ] {
      #expect(failure { _ = try RepositoryID(name, kind: .model) }?.kind == .badName, "\(name)")
    }
    for name in ["main", "refs/pr/1", "v1.0", "feature/x-y"] { #expect(try HubRevision(name).description == name) }
    for name in ["", "..", "../x", "a//b", "/a", "a/", "a b", "a\nb", "a\u{0}"] {
      #expect(failure { _ = try HubRevision(name) }?.kind == .badName, "\(name)")
    }
    let reference = try HubReference("ada/tiny@refs/pr/1", kind: .model)
    #expect(reference.repository.folderName == "models--ada--tiny" && reference.revision?.description == "refs/pr/1")
    #expect(RepositoryID(folderName: "datasets--ada--tiny")?.name == "ada/tiny")
    for name in ["models--a--b--c", "models--", "spaces--a--b", "models--..--x", "version.txt"] {
      #expect(RepositoryID(folderName: name) == nil, "\(name)")
    }
  }

  @Test("A revision leads to a commit and that to a snapshot; of two snapshots the one that the revision means")
  func revisions() throws {
    let folder = try Scratch()
    let cache = HubCache(directory: folder.path)
    for (commit, text) in [(Self.commit, "one"), (Self.other, "two")] {
      try folder.file("models--ada--tiny/blobs/\(text)", "{\"\(text)\": 1}")
      try folder.link("models--ada--tiny/snapshots/\(commit)/tokenizer.json", to: "../../blobs/\(text)")
    }
    try folder.file("models--ada--tiny/refs/main", Self.other)
    try folder.file("models--ada--tiny/refs/refs/pr/1", Self.commit)
    let main = try cache.snapshot(of: model())
    #expect(main.commit == Self.other && main.path == folder.path("models--ada--tiny/snapshots/\(Self.other)"))
    #expect(try cache.snapshot(of: model(), revision: HubRevision("refs/pr/1")).commit == Self.commit)
    #expect(try cache.snapshot(of: model(), revision: HubRevision(Self.commit)).commit == Self.commit)
    #expect(try main.hasTokenizer() && main.files.map(\.description) == ["tokenizer.json"])
    #expect(cache.models().map(\.commit) == [Self.other, Self.commit])
    let absent = failure { _ = try cache.snapshot(of: model(), revision: HubRevision("v2")) }
    #expect(absent?.kind == .notCached)
    #expect(absent?.description.contains("main") == true && absent?.description.contains(Self.commit) == true)
  }

  @Test("Without a revision's name no snapshot is guessed, and close names are suggested")
  func absent() throws {
    let folder = try Scratch()
    let cache = HubCache(directory: folder.path)
    try folder.file("models--ada--tiny/snapshots/\(Self.commit)/tokenizer.json", "{}")
    let unnamed = failure { _ = try cache.snapshot(of: model()) }
    #expect(unnamed?.kind == .notCached && unnamed?.description.contains(Self.commit) == true)
    let close = failure { _ = try cache.snapshot(of: model("ada/tinny")) }
    #expect(close?.description.hasSuffix("ada/tinny (did you mean ada/tiny?)") == true)
    // The right name of another size is no slip of the pen.
    let other = failure { _ = try cache.snapshot(of: model("Qwen/Qwen3-8B")) }
    #expect(other?.description.hasSuffix("no files of the model Qwen/Qwen3-8B") == true)
    #expect(failure { _ = try HubCache(directory: nil).snapshot(of: model()) }?.description.contains("HF_HOME") == true)
    try folder.file("models--ada--evil/refs/main", "../../../etc")
    #expect(failure { _ = try cache.snapshot(of: model("ada/evil")) }?.kind == .notCached)
  }

  @Test("A link that leads nowhere is a missing file, and a pointer of Git LFS is an error with advice")
  func broken() throws {
    let folder = try Scratch()
    let cache = HubCache(directory: folder.path)
    let snapshot = "models--ada--tiny/snapshots/\(Self.commit)"
    try folder.file("models--ada--tiny/refs/main", Self.commit)
    try folder.link("\(snapshot)/tokenizer.json", to: "../../blobs/gone")
    #expect(try !cache.snapshot(of: model()).hasTokenizer())
    #expect(cache.models().isEmpty)
    try folder.file(
      "\(snapshot)/tokenizer.model",
      "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0", count: 64))\nsize 4241003\n")
    let found = failure { _ = try cache.snapshot(of: model()).hasTokenizer() }
    #expect(found?.kind == .damaged && found?.description.contains("git lfs pull") == true)
  }

  @Test("Folders that circle are walked once")
  func circles() throws {
    let folder = try Scratch()
    let snapshot = "models--ada--tiny/snapshots/\(Self.commit)"
    try folder.file("models--ada--tiny/refs/main", Self.commit)
    try folder.file("\(snapshot)/a/tokenizer.json", "{}")
    try folder.link("\(snapshot)/a/b", to: "..")
    #expect(
      try HubCache(directory: folder.path).snapshot(of: model()).files.map(\.description) == ["a/tokenizer.json"])
  }
}
