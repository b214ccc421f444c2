public import Support
import TokenStatistics

extension DatasetName {
  /// The name of what comes of the dataset's rows where a model counts them.
  ///
  /// Where the name holds another model, whose answers the rows are, it becomes the subject:
  /// `qwen-3-32b__dataset__gemma-2-27b_role_pirate`.
  ///
  /// - Throws: `InputError` if the model cannot be in a name.
  public func counted(with model: String) throws(InputError) -> DatasetName {
    guard !self.model.hasSameBytes(as: model) else { return self }
    return try DatasetName(model: model, kind: .dataset, subject: Self.part(description))
  }

  /// The same name, which was made of a path, for another model.
  ///
  /// - Throws: `InputError` if the model cannot be in a name.
  public func made(for model: String) throws(InputError) -> DatasetName {
    try DatasetName(model: model, kind: kind, subject: subject, filters: filters)
  }

  /// A text as a part of a name: characters beyond letters, digits, `.`, `-` and `_` become `-`, and underscores that
  /// would separate parts become one.
  ///
  /// `/` of a hub's names becomes `--`.
  public static func part(_ text: String) -> String {
    var part = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "/": part.append(contentsOf: "--".unicodeScalars)
      case "_": if let last = part.last, last != "_" { part.append("_") }
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-": part.append(scalar)
      default:
        let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        part.append(isWord ? scalar : "-")
      }
    }
    if part.last == "_" { part.removeLast() }
    return String(part)
  }
}
