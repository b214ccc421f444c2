import CMustache

/// What a template can name.
enum TemplateValue {
  /// A text; `{{name}}` escapes it for HTML.
  case text(String)
  /// Whether a section is shown.
  case flag(Bool)
  /// A section that is repeated.
  case list([[String: TemplateValue]])
}

/// A Mustache template, rendered by the library behind `CMustache`.
struct MustacheTemplate {
  private let source: [UInt8]

  /// Makes a template of UTF-8 text.
  init(_ source: [UInt8]) { self.source = source }

  /// The template with its names replaced, as UTF-8.
  ///
  /// - Throws: ``ReportError/template(reason:)`` where the template is malformed or memory runs out.
  func render(_ values: [String: TemplateValue]) throws(ReportError) -> [UInt8] {
    let object = try TemplateHandle.object(values)
    return try object.render(source)
  }
}

/// Sole owner of a value of the template library.
private struct TemplateHandle: ~Copyable {
  private let pointer: OpaquePointer

  private init(owning pointer: OpaquePointer?) throws(ReportError) {
    guard let pointer else { throw .template(reason: "out of memory") }
    self.pointer = pointer
  }

  deinit { cmustache_free(pointer) }

  static func object(_ values: [String: TemplateValue]) throws(ReportError) -> TemplateHandle {
    let object = try TemplateHandle(owning: cmustache_object())
    for (name, value) in values {
      let member = try make(value)
      try check(cmustache_set(object.pointer, name, member.pointer))
    }
    return object
  }

  private static func make(_ value: TemplateValue) throws(ReportError) -> TemplateHandle {
    switch value {
    case .flag(let flag): return try TemplateHandle(owning: cmustache_flag(flag))
    case .text(let text): return try makeText(text)
    case .list(let elements):
      let list = try TemplateHandle(owning: cmustache_list())
      for element in elements {
        let object = try object(element)
        try check(cmustache_append(list.pointer, object.pointer))
      }
      return list
    }
  }

  private static func makeText(_ text: String) throws(ReportError) -> TemplateHandle {
    var text = text
    // The C string may hold NULs: its length goes with it.
    let pointer = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        characters.baseAddress.map { cmustache_text($0, characters.count) } ?? cmustache_text("", 0)
      }
    }
    return try TemplateHandle(owning: pointer)
  }

  private static func check(_ done: Bool) throws(ReportError) {
    guard done else { throw .template(reason: "out of memory") }
  }

  func render(_ source: [UInt8]) throws(ReportError) -> [UInt8] {
    var output: [UInt8] = []
    var message = [CChar](repeating: 0, count: 256)
    let template = source.map(CChar.init(bitPattern:))
    let rendered = withUnsafeMutablePointer(to: &output) { output in
      cmustache_render(template, template.count, pointer, appendToOutput, output, &message, message.count)
    }
    guard rendered else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw .template(reason: reason)
    }
    return output
  }
}

/// Appends a piece to the `[UInt8]` behind `context`.
private func appendToOutput(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<CChar>, _ count: Int) {
  context?.assumingMemoryBound(to: [UInt8].self).pointee
    .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
}
