import Foundation
import Support
import Testing

@testable import ColumnarFiles

/// Parquet files whose metadata lies: each is refused with an error that says where, and nothing traps.
@Suite struct HostileParquetTests {
  /// A column of the schema.
  private struct Element {
    var name = "x"
    var type: Int?
    var repetition = 0
    var childCount = 0
    var convertedType: Int?
  }

  /// What the header of the file's one page says; every field fits the page where it is not changed.
  private struct Header {
    var kind = 3
    var uncompressedSize = 10
    var compressedSize = 10
    var valueCount = 1
    var definitionSize = 2
    var repetitionSize = 0

    var bytes: [UInt8] {
      var writer = ThriftCompactWriter()
      writer.structElement {
        $0.int32(1, kind)
        $0.int32(2, uncompressedSize)
        $0.int32(3, compressedSize)
        $0.structField(8) {
          $0.int32(1, valueCount)
          $0.int32(2, 0)
          $0.int32(3, 1)
          $0.int32(4, 0)
          $0.int32(5, definitionSize)
          $0.int32(6, repetitionSize)
          $0.bool(7, false)
        }
      }
      return writer.bytes
    }
  }

  /// A file of one row in one page.
  private static func file(_ elements: [Element], _ header: Header = Header()) -> [UInt8] {
    // A level of 1, and one number of 8 bytes.
    let page = header.bytes + [2, 1, 7, 0, 0, 0, 0, 0, 0, 0]
    var writer = ThriftCompactWriter()
    writer.structElement {
      $0.int32(1, 2)
      $0.list(2, .struct, count: elements.count)
      for element in elements { $0.structElement { Self.write(element, &$0) } }
      $0.int64(3, 1)
      $0.list(4, .struct, count: 1)
      $0.structElement {
        $0.list(1, .struct, count: 1)
        $0.structElement {
          $0.int64(2, 4)
          $0.structField(3) {
            $0.int32(4, 0)
            $0.int64(5, 1)
            $0.int64(7, page.count)
            $0.int64(9, 4)
          }
        }
        $0.int64(3, 1)
      }
    }
    let size = withUnsafeBytes(of: UInt32(writer.bytes.count).littleEndian) { Array($0) }
    return Array("PAR1".utf8) + page + writer.bytes + size + Array("PAR1".utf8)
  }

  private static func write(_ element: Element, _ writer: inout ThriftCompactWriter) {
    if let type = element.type { writer.int32(1, type) }
    writer.int32(3, element.repetition)
    writer.binary(4, element.name.utf8)
    if element.childCount > 0 { writer.int32(5, element.childCount) }
    if let converted = element.convertedType { writer.int32(6, converted) }
  }

  /// Reads a file that holds `bytes`; the error, nil where it could be read.
  private static func read(_ bytes: [UInt8]) throws -> String? {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).parquet"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return DamageTests.read(path)?.description
  }

  private static let number = [Element(childCount: 1), Element(type: 2, repetition: 1)]

  @Test("The file that the lies are told about can be read")
  func truth() throws {
    #expect(try Self.read(Self.file(Self.number)) == nil)
  }

  @Test("Lists in lists are refused beyond the limit, however they are written", arguments: [64, 300, 100_000])
  func deepLists(_ depth: Int) throws {
    // Repeated groups that are lists themselves, as writers of old nested them, and groups in the form of today.
    let old = [Element](repeating: Element(repetition: 2, childCount: 1, convertedType: 3), count: depth)
    let today = (0..<depth / 2).flatMap { _ in
      [Element(repetition: 1, childCount: 1, convertedType: 3), Element(repetition: 2, childCount: 1)]
    }
    let plain = [Element](repeating: Element(repetition: 1, childCount: 1), count: depth)
    for groups in [old, today, plain] {
      let elements = [Element(childCount: 1)] + groups + [Element(type: 2, repetition: 1)]
      let error = try Self.read(Self.file(elements))
      #expect(error?.contains("columns nest deeper than 64 levels") == true, "\(error ?? "read")")
    }
  }

  @Test("More columns than the limit, and a long name before those of many members, are refused")
  func names() throws {
    let many = [Element](repeating: Element(type: 2, repetition: 1), count: Limits().columns)
    let count = try Self.read(Self.file([Element(childCount: many.count)] + many))
    #expect(count?.contains("131073 columns, more than the limit of 131072") == true, "\(count ?? "read")")
    let members = [Element](repeating: Element(type: 2, repetition: 1), count: 1_000)
    let group = Element(name: String(repeating: "n", count: 1 << 20), repetition: 1, childCount: members.count)
    let names = try Self.read(Self.file([Element(childCount: 1), group] + members))
    #expect(names?.contains("names of the columns are longer than the schema has room for") == true)
  }

  @Test("Sizes of levels that do not fit into their page are refused, also where their sum is beyond 64 bits")
  func levels() throws {
    for (definition, repetition) in [(Int.max, Int.max), (.max, 1), (1, .max), (11, 0), (0, 11), (6, 5)] {
      let header = Header(definitionSize: definition, repetitionSize: repetition)
      let error = try Self.read(Self.file(Self.number, header))
      #expect(error?.contains("levels of \(definition) and \(repetition) bytes in a page of 10") == true)
    }
  }

  @Test("Other numbers of a page's header that cannot be are refused")
  func otherNumbers() throws {
    for value in [-1, Int.max, Int(Int32.max), .min] {
      for field in [\Header.uncompressedSize, \.compressedSize, \.valueCount, \.definitionSize, \.repetitionSize] {
        var header = Header()
        header[keyPath: field] = value
        #expect(try Self.read(Self.file(Self.number, header)) != nil, "\(value)")
      }
    }
  }
}
