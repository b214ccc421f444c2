import Datasets
@testable import ModelHub
import Reports
import Support
import Tokenizers

/// Names and other short texts that decide what is read and written.
enum FuzzNames {
  static func parse(_ text: String) {
    if let name = try? DatasetName(parsing: text) {
      let again = try? DatasetName(parsing: name.description)
      precondition(again?.description == name.description, "a name is read back as another")
      _ = try? name.counted(with: "gemma-2-27b")
    }
    _ = try? DatasetSelection(parsing: text)
    _ = DatasetName.part(text)
    if let name = try? FileName(text) {
      precondition(!name.description.utf8.contains(UInt8(ascii: "/")), "a file's name leads elsewhere")
    }
    for kind in [RepositoryID.Kind.model, .dataset] {
      _ = try? RepositoryID(text, kind: kind)
      _ = try? HubReference(text, kind: kind)
    }
    if let path = try? RepositoryPath(text) {
      precondition(!path.description.split(separator: "/").contains(".."), "a path leads upward")
    }
    _ = try? HubRevision(text)
    _ = try? DatasetCard(text)
    _ = HTTPHeader(Array(text.utf8))
    let visible = TerminalText.visible(text)
    precondition(visible.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a control is shown")
    _ = try? TiktokenSpec(json: Array(text.utf8))
  }
}
