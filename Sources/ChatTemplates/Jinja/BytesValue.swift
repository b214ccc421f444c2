/// A Python `bytes`, which encoding a text makes.
final class BytesValue: JinjaObject {
  let bytes: [UInt8]
  /// The input that the bytes are from.
  let origin: TextOrigin

  init(_ bytes: [UInt8], origin: TextOrigin) {
    self.bytes = bytes
    self.origin = origin
  }

  private static let methods: Set<String> = [
    "capitalize", "center", "count", "decode", "endswith", "expandtabs", "find", "fromhex", "hex", "index", "isalnum",
    "isalpha", "isascii", "isdigit", "islower", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip",
    "maketrans", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition",
    "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper",
    "zfill",
  ]

  override var typeName: String { "bytes" }
  override var length: Int? { bytes.count }
  override var isIterable: Bool { true }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    Self.methods.contains(name) ? .object(MethodValue(.object(self), name)) : nil
  }

  override func item(_ key: JinjaValue, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    guard let index = key.smallIndex else { return nil }
    let position = index < 0 ? index + bytes.count : index
    return bytes.indices.contains(position) ? .int(Int(bytes[position])) : nil
  }

  override func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? {
    try renderer.charge(elements: bytes.count)
    return ElementIterator(bytes.map { .int(Int($0)) })
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    let (single, double) = (UInt8(ascii: "'"), UInt8(ascii: "\""))
    let quote = bytes.contains(single) && !bytes.contains(double) ? double : single
    var result = [UInt8(ascii: "b"), quote]
    for byte in bytes {
      switch byte {
      case quote, UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
      case 0x09: result += Array("\\t".utf8)
      case 0x0A: result += Array("\\n".utf8)
      case 0x0D: result += Array("\\r".utf8)
      case 0x20..<0x7F: result.append(byte)
      default: result += Array("\\x\(PythonText.hex(UInt32(byte), width: 2))".utf8)
      }
    }
    return result + [quote]
  }

  override func isEqual(to other: JinjaObject) -> Bool { (other as? BytesValue).map { $0.bytes == bytes } ?? false }
  override func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// Python's `element in bytes`.
  func contains(_ element: JinjaValue) throws(TemplateError) -> Bool {
    if case .object(_ as BytesValue) = element { throw .unsupported("bytes are not looked for in bytes") }
    guard let index = element.index else {
      throw .type("a bytes-like object is required, not '\(element.typeName)'")
    }
    guard let value = index.int, let byte = UInt8(exactly: value) else {
      throw .value("byte must be in range(0, 256)")
    }
    return bytes.contains(byte)
  }

  /// Calls a method.
  func call(_ name: String, _ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    try renderer.charge(bytes: bytes.count)
    if name == "decode" { return .text(try TextEncoding.decoded(self, arguments)) }
    guard name == "hex", arguments.isEmpty else { throw .unsupported("the method bytes.\(name) is not supported") }
    return .text(JinjaText(bytes.map { PythonText.hex(UInt32($0), width: 2) }.joined(), origin: origin.rewritten))
  }
}
