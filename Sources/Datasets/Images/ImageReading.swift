import ChatTemplates
import ColumnarFiles
import JSON
import Support

/// Finds the images that rows name and reads their sizes.
struct ImageReading: Sendable {
  /// The columns of a row that hold images which its messages only mark the places of.
  static let columns = ["images", "image"]
  /// The members of a part that may name its image.
  private static let members = ["bytes", "image", "url", "path", "base64", "image_url"]

  /// The folder of the data file, within which paths are followed; nil where the data have none.
  let folder: String?

  /// Reads images that files in a folder name.
  init(folder: String?) { self.folder = folder.map(Files.resolved) }

  /// Reads images that a data file names; `-` is standard input, which has no folder.
  init(beside file: String) { self.init(folder: file == "-" ? nil : Files.parent(of: Files.absolute(file))) }

  /// The image that a part of a message names itself; nil where it only marks a place.
  ///
  /// - Parameter measured: the images that numbers of the part stand for.
  func image(ofPart part: JSONObject, _ measured: MeasuredImages?) -> ChatMedia? {
    for name in Self.members {
      guard let value = part[name], value != .null else { continue }
      if let image = measured?.image(value) { return image }
      return name == "bytes" ? image(.object(part)) : image(value)
    }
    return nil
  }

  /// The images of a column's value: one, or a list of them.
  func images(_ value: JSONValue) -> [ChatMedia] {
    switch value {
    case .null: []
    case .array(let elements): elements.flatMap(images)
    default: [image(value)]
    }
  }

  private func image(_ value: JSONValue) -> ChatMedia {
    switch value {
    case .string(let text): return image(named: text)
    case .object(let object):
      if let bytes = object["bytes"]?.stringValue { return image(ofBytes: bytes.utf8.span.bytes) }
      for name in ["path", "url", "image", "base64"] {
        if let value = object[name], value.stringValue != nil { return image(value) }
      }
      return .unread(.unnamed)
    default: return .unread(.unnamed)
    }
  }

  /// The image of a path, an address, or a text in Base64.
  private func image(named text: String) -> ChatMedia {
    if text.hasPrefix("data:") {
      guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else { return .unread(.unknownFormat) }
      return size(ImageBytes(base64: Array(text.utf8[comma...].dropFirst())))
    }
    if text.hasPrefix("file://") { return file(String(text.dropFirst("file://".count))) }
    if text.prefix(16).contains(bytesOf: "://") { return .unread(.onTheWeb) }
    let named = file(text)
    // As transformers does: what is no file may be the image itself.
    if case .unread = named, text.utf8.count >= 64, !text.utf8.contains(UInt8(ascii: ".")) {
      if case .image(let size) = size(ImageBytes(base64: Array(text.utf8))) { return .image(size) }
    }
    return named
  }

  /// The image of a file within the folder of the data.
  private func file(_ path: String) -> ChatMedia {
    guard !path.isEmpty else { return .unread(.unnamed) }
    guard let folder, !path.hasPrefix("/"), path.utf8.count < 4_096, !path.utf8.contains(0) else {
      return .unread(.outside)
    }
    let place = Files.resolved(Files.join(folder, path))
    guard place.hasPrefix(folder == "/" ? "/" : folder + "/") else { return .unread(.outside) }
    guard let status = Files.status(place), status.isRegular, let file = try? RandomAccessFile(path: place) else {
      return .unread(.missing)
    }
    return size(ImageBytes(file))
  }

  /// The image that bytes are, or that they encode in Base64.
  func image(ofBytes bytes: RawSpan) -> ChatMedia {
    let image = bytes.withUnsafeBytes { size(ImageBytes($0)) }
    guard case .unread(.unknownFormat) = image, bytes.malformedOffset == nil else { return image }
    return size(ImageBytes(base64: bytes.withUnsafeBytes { Array($0) }))
  }

  private func size(_ bytes: ImageBytes) -> ChatMedia {
    switch ImageHeader.size(of: bytes) {
    case .success(let size): .image(size)
    case .failure(let fault): .unread(fault)
    }
  }
}

// Columns of images.
extension ImageReading {
  /// Whether a column may hold images: paths, structs of bytes and a path, or lists of them.
  static func mayHold(_ type: ColumnType) -> Bool {
    switch type {
    case .utf8: true
    case .list(let element): mayHold(element.type)
    case .struct(let fields): fields.contains { ($0.name == "bytes" || $0.name == "path") && $0.type == .utf8 }
    case .null, .bool, .int64, .double, .unsupported: false
    }
  }

  /// Whether a member of this name may hold the bytes of an image.
  static func mayHoldBytes(_ name: String) -> Bool { name == "bytes" || name == "image" }

  /// The images of a row of a column.
  func images(_ row: Int, of column: Column) -> [ChatMedia] {
    guard !column.isNull(row) else { return [] }
    switch column {
    case .list(let lists): return lists.range(row).flatMap { images($0, of: lists.elements) }
    case .utf8(let texts): return [named(row, of: texts)]
    case .struct(let structs):
      if let bytes = structs["bytes"]?.utf8, !bytes.isNull(row) {
        return [image(ofBytes: bytes.bytes(row))]
      }
      guard let path = structs["path"]?.utf8, !path.isNull(row) else { return [.unread(.unnamed)] }
      return [named(row, of: path)]
    case .null, .bool, .int64, .double: return []
    }
  }

  /// The image that a text names, or that bytes which are no text are.
  private func named(_ row: Int, of column: UTF8Column) -> ChatMedia {
    let bytes = column.bytes(row)
    if bytes.malformedOffset != nil { return image(ofBytes: bytes) }
    return column.string(row).map { image(named: $0) } ?? .unread(.unnamed)
  }
}

/// The images of a row that its messages have not used yet.
struct RowImages {
  /// What reads images; nil where nobody asks for sizes.
  let reading: ImageReading?
  /// The images that numbers in the row stand for; nil where none do.
  private let measured: MeasuredImages?
  /// The images of the row's columns that no place was found for, in order.
  private(set) var rest: ArraySlice<ChatMedia>

  /// What marks the place of an image in a text: of LLaVA, Qwen and Gemma.
  private static let marks = ["<image>", "<|image_pad|>", "<start_of_image>"].map { Array($0.utf8) }

  /// Makes images of a row.
  init(_ reading: ImageReading?, _ images: [ChatMedia] = [], measured: MeasuredImages? = nil) {
    self.reading = reading
    self.measured = measured
    rest = images[...]
  }

  /// The image, sound or film of a part.
  mutating func media(ofPart part: JSONObject) -> ChatMedia {
    guard MediaPart(part) == .image else { return .placeless(.noImage) }
    guard let reading else { return .unread(.noProcessor) }
    return reading.image(ofPart: part, measured) ?? rest.popFirst() ?? .unread(.unnamed)
  }

  /// The images whose places a text marks.
  mutating func media(ofText text: String) -> [ChatMedia] {
    guard !rest.isEmpty else { return [] }
    var text = text
    let places = text.withUTF8 { bytes in
      Self.marks.reduce(0) { $0 + Self.count($1, in: UnsafeRawBufferPointer(bytes)) }
    }
    let taken = Array(rest.prefix(places))
    rest = rest.dropFirst(places)
    return taken
  }

  private static func count(_ mark: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    var place = 0
    while let found = ByteSearch.find(mark, in: bytes, from: place) {
      count += 1
      place = found + mark.count
    }
    return count
  }
}
