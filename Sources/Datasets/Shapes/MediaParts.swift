import ChatTemplates
import JSON

/// Images, sounds and films in contents: they are never text, and never pass in silence.
enum MediaParts {
  private static let mark = Array(";base64,".utf8)
  private static let scheme = Array("data:".utf8)

  /// Whether a text may hold a data URL.
  ///
  /// - Complexity: O(bytes).
  static func mayHoldURL(_ text: RawSpan) -> Bool {
    text.withUnsafeBytes { $0.count > mark.count && ByteSearch.find(mark, in: $0, from: 0) != nil }
  }

  /// A text without the data URLs in it, and how many there were.
  static func removed(from text: String) -> (text: String, count: Int) {
    var text = text
    let pieces = text.withUTF8 { bytes -> [Range<Int>] in
      let bytes = UnsafeRawBufferPointer(bytes)
      return urls(in: bytes)
    }
    guard !pieces.isEmpty else { return (text, 0) }
    var kept: [UInt8] = []
    var start = 0
    let bytes = Array(text.utf8)
    for piece in pieces {
      kept += bytes[start..<piece.lowerBound]
      start = piece.upperBound
    }
    kept += bytes[start...]
    return (String(decoding: kept, as: UTF8.self), pieces.count)
  }

  /// Where the data URLs of a text are: `data:image/png;base64,...`.
  private static func urls(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
    var urls: [Range<Int>] = []
    var position = 0
    while let found = ByteSearch.find(mark, in: bytes, from: position) {
      position = found + mark.count
      guard let start = start(of: found, in: bytes, after: urls.last?.upperBound ?? 0) else { continue }
      var end = position
      while end < bytes.count, isBase64(bytes[end]) { end += 1 }
      urls.append(start..<end)
      position = end
    }
    return urls
  }

  /// Where the URL begins whose media type ends here; nil if this is no image, sound or film.
  private static func start(of mark: Int, in bytes: UnsafeRawBufferPointer, after limit: Int) -> Int? {
    // Media types with their parameters are short.
    var start = mark
    while start > limit, mark - start < 128, isTypeByte(bytes[start - 1]) { start -= 1 }
    guard let scheme = ByteSearch.find(scheme, in: UnsafeRawBufferPointer(rebasing: bytes[start..<mark]), from: 0)
    else {
      return nil
    }
    let type = UnsafeRawBufferPointer(rebasing: bytes[start + scheme + Self.scheme.count..<mark])
    let isMedia = ["image/", "audio/", "video/"].contains { type.starts(with: $0.utf8) }
    return isMedia ? start + scheme : nil
  }

  private static func isTypeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "/+-.:;=_".utf8.contains(byte)
    }
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "+/=-_".utf8.contains(byte)
    }
  }

  /// A content that is no text, with its text parts as `text`, and its images, sounds and films.
  static func normalized(
    _ content: JSONValue, _ images: inout RowImages
  ) -> (content: JSONValue, media: [ChatMedia]) {
    guard let parts = content.arrayValue else { return (content, []) }
    var media: [ChatMedia] = []
    let normalized = parts.map { part -> JSONValue in
      guard let members = part.objectValue else { return part }
      // Columns hold all members of all parts: one that is null counts as missing, as it does in messages.
      var object = members.withoutNulls
      if MediaPart(object) != nil {
        media.append(images.media(ofPart: object))
        return .object(object)
      }
      if object["text"] == nil, let value = object["value"], value.stringValue != nil {
        object["value"] = nil
        object["text"] = value
      }
      if let text = object["text"]?.stringValue { media += images.media(ofText: text) }
      return .object(object)
    }
    return (.array(normalized), media)
  }
}

extension JSONObject {
  /// The members that are not null.
  fileprivate var withoutNulls: JSONObject {
    guard members.contains(where: { $0.value == .null }) else { return self }
    return JSONObject(members.filter { $0.value != .null }.map { ($0.key, $0.value) })
  }
}
