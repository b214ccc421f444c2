import Datasets
import Foundation
import PersonaData
import Support
import TestSupport
import Testing
import TokenStatistics

/// Raw personas are found by model, type and name.
struct ArchiveTests {
  private static let record = RawRecordTests.good

  @Test("the subject of a role or a trait is a persona, that of another dataset is not")
  func identity() throws {
    let names = [("m__role__pirate__min1", "pirate"), ("m__trait__calm", "calm"), ("m__dataset__chats", nil)]
    for (text, persona) in names {
      let identity = try DatasetName(parsing: text).identity
      #expect(identity.dataset == text && identity.model == "m" && text.hasSuffix("__\(identity.name)"))
      #expect(identity.attributes.map(\.key) == (persona == nil ? [] : ["persona"]))
      #expect(identity.attributes.first?.value == persona)
    }
  }

  @Test("models, personas and what their records hold")
  func archive() throws {
    try Scratch.with { folder in
      let negative = Self.record.replacingOccurrences(of: "pos", with: "neg")
      try folder.file("b/traits_240/responses/calm.jsonl", "\(Self.record)\n\(negative)\n\(Self.record)\n{}\n")
      try folder.file("b/traits_240/extract_scores/calm.json", "{}")
      try folder.file("b/traits_240/responses/notes.txt", "")
      try folder.file("a/roles_240/responses/pirate.jsonl", "")
      try folder.file("a/roles_240/responses/0_default.jsonl", "")
      try folder.file("readme", "")
      let archive = try PersonaArchive(path: folder.path)
      #expect(try archive.models() == ["a", "b"])
      #expect(try archive.models(.trait) == ["b"])
      #expect(try archive.personas(model: "a", type: .role).map(\.persona) == ["0_default", "pirate"])
      let calm = try archive.persona(model: "b", type: .trait, named: "calm")
      #expect(calm.scoresPath == folder.path + "/b/traits_240/extract_scores/calm.json")
      let listing = try PersonaListing(calm)
      #expect(listing.rows == 3 && listing.damagedLines == 1)
      #expect(listing.labels.map { "\($0.label) \($0.rows)" } == ["pos 2", "neg 1"])
    }
  }

  @Test("what is not there is told with what is")
  func missing() throws {
    try Scratch.with { folder in
      try folder.file("a/roles_240/responses/pirate.jsonl", "")
      let archive = try PersonaArchive(path: folder.path)
      #expect(
        throws: InputError(
          .nothingFound, dataset: "b", "no raw records of roles in \(folder.path); there are some of a")
      ) { try archive.personas(model: "b", type: .role) }
      #expect(
        throws: InputError(
          .nothingFound, dataset: "a", "no raw records of traits in \(folder.path); no model has any")
      ) { try archive.personas(model: "a", type: .trait) }
      #expect(
        throws: InputError(.nothingFound, dataset: "a role x", "no raw records; a has 1 roles: pirate")
      ) { try archive.persona(model: "a", type: .role, named: "x") }
      let none = folder.path + "/none"
      #expect(
        throws: InputError(.missing, dataset: none, "there is no such folder of raw persona records")
      ) { try PersonaArchive(path: none) }
    }
  }
}
