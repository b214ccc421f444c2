import CDeflate

/// Writes ZIP archives for tests, deflated or stored.
enum ZipWriter {
  struct Member {
    var name: String
    var contents: [UInt8]
    var isDeflated = true
  }

  static func archive(_ members: [Member], comment: [UInt8] = []) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let data = member.isDeflated ? deflate(member.contents) : member.contents
      let checksum = member.contents.withUnsafeBytes { Int(libdeflate_crc32(0, $0.baseAddress, $0.count)) }
      let shared =
        number(20, 2) + number(0, 2) + number(member.isDeflated ? 8 : 0, 2) + number(0, 4) + number(checksum, 4)
        + number(data.count, 4) + number(member.contents.count, 4) + number(member.name.utf8.count, 2)
      directory += number(0x0201_4B50, 4) + number(20, 2) + shared + number(0, 12) + number(archive.count, 4)
      directory += member.name.utf8
      archive += number(0x0403_4B50, 4) + shared + number(0, 2) + Array(member.name.utf8) + data
    }
    let end =
      number(0x0605_4B50, 4) + number(0, 4) + number(members.count, 2) + number(members.count, 2)
      + number(directory.count, 4) + number(archive.count, 4) + number(comment.count, 2) + comment
    return archive + directory + end
  }

  private static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }

  private static func deflate(_ contents: [UInt8]) -> [UInt8] {
    let compressor = libdeflate_alloc_compressor(6)
    defer { libdeflate_free_compressor(compressor) }
    let bound = libdeflate_deflate_compress_bound(compressor, contents.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      count = libdeflate_deflate_compress(compressor, contents, contents.count, output.baseAddress, bound)
    }
  }
}
