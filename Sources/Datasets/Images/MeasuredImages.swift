import ChatTemplates
import JSON

/// Images whose bytes columns hold, measured while a row becomes JSON, in which a number stands for each.
struct MeasuredImages {
  /// What measures them; nil where nobody asks for sizes.
  private let reading: ImageReading?
  private var images: [ChatMedia] = []

  /// The number that stands for the first image, which no row holds where an image is named.
  private static let first = Int64.min

  /// Makes a record of no images.
  init(_ reading: ImageReading?) { self.reading = reading }

  /// Measures an image.
  ///
  /// - Returns: what stands for it.
  mutating func add(_ bytes: RawSpan) -> JSONValue {
    images.append(reading?.image(ofBytes: bytes) ?? .unread(.noProcessor))
    return .integer(Self.first + Int64(images.count - 1))
  }

  /// The image that a value, or a member `bytes` of it, stands for; nil if that stands for none.
  func image(_ value: JSONValue) -> ChatMedia? {
    switch value {
    case .integer(let number) where number < Self.first + Int64(images.count): images[Int(number &- Self.first)]
    case .object(let object): object["bytes"].flatMap { $0.objectValue == nil ? image($0) : nil }
    default: nil
    }
  }
}
