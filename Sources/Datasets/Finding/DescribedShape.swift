import JSON
import Support

/// A shape as the file `dataset_info.json` of LLaMA-Factory describes it.
///
/// Source: `data/README.md` of hiyouga/LLaMA-Factory.
enum DescribedShape {
  /// The file's name, which stands beside the data.
  static let fileName = "dataset_info.json"

  /// The shapes that the description beside a data file gives it, one for each conversation of a row; nil if there is
  /// no description, or none of this file.
  ///
  /// - Throws: `InputError` without a dataset if the description of this file cannot be understood.
  static func shapes(of path: String) throws(InputError) -> [(side: SourceSide?, shape: RowShape)]? {
    let description = Files.join(Files.parent(of: path), fileName)
    guard Files.exists(description), let entries = try DatasetSource.json(description).objectValue else { return nil }
    let name = Files.lastComponent(path)
    guard let entry = entries.members.first(where: { $0.value["file_name"]?.stringValue == name })?.value else {
      return nil
    }
    do throws(InputError) {
      return try shapes(entry)
    } catch { throw .unreadable("\(description), \(name): \(error.message)") }
  }

  /// The names of the files that the description in a folder describes one by one; none if there is no such description.
  static func files(describedIn folder: String) -> Set<String> {
    guard let entries = try? DatasetSource.json(Files.join(folder, fileName)).objectValue else { return [] }
    return Set(entries.members.compactMap { $0.value["file_name"]?.stringValue })
  }

  private static func shapes(_ entry: JSONValue) throws(InputError) -> [(side: SourceSide?, shape: RowShape)] {
    let columns = entry["columns"] ?? .null
    let isRanking = entry["ranking"]?.boolValue ?? false
    switch entry["formatting"]?.stringValue ?? "alpaca" {
    case "alpaca": return alpaca(columns, isRanking: isRanking)
    case "sharegpt", "openai": return sharegpt(columns, tags: entry["tags"] ?? .null, isRanking: isRanking)
    case let other: throw .unreadable("the formatting \"\(other)\" is none of alpaca, sharegpt, openai")
    }
  }

  private static func alpaca(_ columns: JSONValue, isRanking: Bool) -> [(side: SourceSide?, shape: RowShape)] {
    let name = { (key: String) in columns[key]?.stringValue }
    let make = { (output: String) -> RowShape in
      var shape = RowShape(
        .instruction(
          RowShape.InstructionColumns(
            instruction: name("prompt") ?? "instruction", input: name("query") ?? "input", output: output,
            history: name("history"))))
      shape.systemColumn = name("system")
      shape.toolsColumn = name("tools")
      if let label = name("kto_tag") { shape.labelColumn = label }
      return shape
    }
    guard isRanking else { return [(nil, make(name("response") ?? "output"))] }
    return [(.chosen, make(name("chosen") ?? "chosen")), (.rejected, make(name("rejected") ?? "rejected"))]
  }

  private static func sharegpt(
    _ columns: JSONValue, tags: JSONValue, isRanking: Bool
  ) -> [(side: SourceSide?, shape: RowShape)] {
    let name = { (key: String) in columns[key]?.stringValue }
    let messages = name("messages") ?? "conversations"
    let make = { (form: RowShape.Form) -> RowShape in
      var shape = RowShape(form)
      shape.systemColumn = name("system")
      shape.toolsColumn = name("tools")
      shape.roleKey = tags["role_tag"]?.stringValue
      shape.contentKey = tags["content_tag"]?.stringValue
      for (tag, role) in [
        ("user_tag", "user"), ("assistant_tag", "assistant"), ("observation_tag", "tool"),
        ("function_tag", "function_call"), ("system_tag", "system"),
      ] {
        if let own = tags[tag]?.stringValue { shape.roleNames[own] = role }
      }
      if let label = name("kto_tag") { shape.labelColumn = label }
      return shape
    }
    guard isRanking else { return [(nil, make(.messages(column: messages)))] }
    return [
      (.chosen, make(.continued(column: messages, answer: name("chosen") ?? "chosen"))),
      (.rejected, make(.continued(column: messages, answer: name("rejected") ?? "rejected"))),
    ]
  }
}
