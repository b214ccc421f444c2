import Glibc

/// Steps through the places of two marker bytes in a text.
struct MarkerCursor {
  private let markers: (UInt8, UInt8)
  private var places = (-1, -1)

  init(_ markers: (UInt8, UInt8)) { self.markers = markers }

  /// The first marker at `start` or later; nil where there is none. `start` never falls from call to call.
  mutating func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    if places.0 < start { places.0 = Self.place(of: markers.0, in: text, from: start) }
    guard markers.0 != markers.1 else { return places.0 < text.count ? places.0 : nil }
    if places.1 < start { places.1 = Self.place(of: markers.1, in: text, from: start) }
    let first = min(places.0, places.1)
    return first < text.count ? first : nil
  }

  /// The first place of a byte; the end of the text where there is none.
  private static func place(of byte: UInt8, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = text.baseAddress, start < text.count,
      let found = memchr(base + start, Int32(byte), text.count - start)
    else { return text.count }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
