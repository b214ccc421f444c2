import Foundation
import Support
import TestSupport
import Testing
import Tokenizers

@testable import ModelHub

@Suite("Where vocabulary files are found")
struct VocabularyStoreTests {
  private func store(_ variables: [String: String], overrides: [TokenizerKind: ModelReference] = [:]) -> VocabularyStore
  {
    VocabularyStore(overrides: overrides) { variables[$0] }
  }

  @Test("The folders follow the environment as elsewhere")
  func folders() {
    let plain = store(["HOME": "/home/ada"])
    #expect(plain.cacheDirectory == "/home/ada/.cache/tokenstats")
    #expect(plain.hubDirectory == "/home/ada/.cache/huggingface/hub")
    let moved = store(["HOME": "/home/ada", "XDG_CACHE_HOME": "/scratch"])
    #expect(moved.cacheDirectory == "/scratch/tokenstats")
    #expect(moved.hubDirectory == "/scratch/huggingface/hub")
    #expect(store(["HOME": "/h", "HF_HOME": "~/hf"]).hubDirectory == "/h/hf/hub")
    #expect(store(["HOME": "/h", "HF_HOME": "/hf", "HF_HUB_CACHE": "/hub"]).hubDirectory == "/hub")
    #expect(store(["HOME": "/h", "HF_HOME": "", "XDG_CACHE_HOME": ""]).hubDirectory == "/h/.cache/huggingface/hub")
  }

  @Test("A missing file is an error that says where it was looked for and what to do")
  func missing() throws {
    let folder = try Scratch()
    let store = store(["HOME": folder.path])
    for family in ModelRegistry.tokenizers {
      let error = #expect(throws: InputError.self) { _ = try store.locate(family) }
      let message = error?.description ?? ""
      #expect(message.contains(store.hubDirectory))
      #expect(message.contains(store.cacheDirectory))
      #expect(message.contains("tokenstats tokenizers fetch"))
    }
  }

  @Test("A file that the user names is used as it is, and must be readable")
  func overrides() throws {
    let folder = try Scratch()
    let path = try folder.file("mine.model", Array("mine".utf8))
    let found = try store(["HOME": folder.path], overrides: [.gemma2: .file(path)]).locate(.gemma2)
    #expect(found.path == path)
    #expect(found.origin == .override)
    #expect(found.byteCount == 4)
    #expect(!found.isOfficial)
    let gone = store(["HOME": folder.path], overrides: [.gemma2: .file(folder.path + "/gone")])
    let error = #expect(throws: InputError.self) { _ = try gone.locate(.gemma2) }
    #expect(error?.description.contains("/gone: No such file") == true)
    let inFolder = try folder.file("model/tokenizer.model", Array("other".utf8))
    let named = ModelReference.path(folder.path + "/model")
    #expect(named == .folder(folder.path + "/model"))
    #expect(try store(["HOME": folder.path], overrides: [.gemma2: named]).locate(.gemma2).path == inFolder)
  }

  @Test("Files of the right size and name but other bytes are passed over in both caches, with notices")
  func wrongBytes() throws {
    let folder = try Scratch()
    let store = store(["HOME": folder.path, "HF_HOME": folder.path + "/hf"])
    let wrong = [UInt8](repeating: 0, count: VocabularyFile.llama3.byteCount)
    let hub = "hf/hub/models--meta-llama--Llama-3.3-70B-Instruct/snapshots/abc"
    try folder.file("\(hub)/original/tokenizer.model", wrong)
    try folder.file("\(hub)/tokenizer.json", Array("{}".utf8))
    try folder.file("hf/hub/models--other--model/snapshots/abc/tokenizer.json", Array("{}".utf8))
    try folder.file("hf/hub/datasets--some--data/snapshots/abc/tokenizer.json", Array("{}".utf8))
    try folder.file(".cache/tokenstats/llama-3.tiktoken", wrong)
    let search = try store.search(.llama3 as TokenizerKind)
    #expect(search.location == nil)
    #expect(
      search.notices.map(\.path) == [
        "\(folder.path)/\(hub)/tokenizer.json", "\(folder.path)/\(hub)/original/tokenizer.model",
        "\(folder.path)/.cache/tokenstats/llama-3.tiktoken",
      ])
    for notice in search.notices.dropFirst() {
      #expect(notice.description.contains(VocabularyFile.llama3.sha256))
      #expect(notice.description.contains(SHA256Digest.of(wrong.span.bytes).hex))
    }
  }

  @Test("The official file is found behind the links of a hub snapshot, before the own cache")
  func hubSnapshots() throws {
    guard let official = try TestVocabularies.location(.llama3, suite: "official file behind hub links") else { return }
    let folder = try Scratch()
    let store = store(["HOME": folder.path, "HF_HUB_CACHE": folder.path + "/hub"])
    let contents = try Files.read(official.path)
    try folder.file(".cache/tokenstats/llama-3.tiktoken", contents)
    #expect(try store.locate(.llama3).origin == .cache)

    let repository = folder.path + "/hub/models--unsloth--Llama-3.1-8B"
    try folder.file("hub/models--unsloth--Llama-3.1-8B/blobs/82e9d3", contents)
    try Files.makeDirectories("\(repository)/snapshots/0123abc/original")
    try FileManager.default.createSymbolicLink(
      atPath: "\(repository)/snapshots/0123abc/original/tokenizer.model",
      withDestinationPath: "../../../blobs/82e9d3")
    // A dangling link is what an interrupted download leaves.
    try FileManager.default.createSymbolicLink(
      atPath: "\(repository)/snapshots/0123abc/tokenizer.json", withDestinationPath: "../../blobs/gone")
    let found = try store.locate(.llama3)
    #expect(found.origin == .huggingFaceCache(repository: "unsloth/Llama-3.1-8B", revision: "0123abc"))
    #expect(found.path == "\(repository)/snapshots/0123abc/original/tokenizer.model")
    #expect(found.isOfficial)
    #expect(found.digest.hex == VocabularyFile.llama3.sha256)
  }
}
