/// A weight and a size of the pictures' font.
struct TextStyle: Sendable, Hashable {
  enum Weight: Sendable, Hashable {
    case book, bold
  }

  var weight: Weight
  /// The em in pixels.
  var size: Int

  static let name = TextStyle(weight: .bold, size: 24)
  static let number = TextStyle(weight: .bold, size: 17)
  static let sheetTitle = TextStyle(weight: .bold, size: 20)
  static let model = TextStyle(weight: .book, size: 15)
  static let heading = TextStyle(weight: .bold, size: 13)
  static let table = TextStyle(weight: .book, size: 12)
  static let label = TextStyle(weight: .book, size: 11)
  static let boldLabel = TextStyle(weight: .bold, size: 11)
  static let footer = TextStyle(weight: .book, size: 10)
  static let boldFooter = TextStyle(weight: .bold, size: 10)

  /// The smallest size a dataset's name shrinks to.
  static let smallestName = 15
  /// The smallest size a model's name shrinks to.
  static let smallestModel = 13

  /// The pixels above the baseline that letters and digits can reach: DejaVu's ascender height.
  var ascent: Int { (size * 76 + 99) / 100 }

  /// The pixels below the baseline that letters can reach.
  var descent: Int { (size * 24 + 99) / 100 }
}
