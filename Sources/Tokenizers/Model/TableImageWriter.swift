import Support

/// Collects sections and lays them out as an image.
struct TableImageWriter {
  private var sections = [[UInt8]](repeating: [], count: TableImage.Section.allCases.count)

  /// Sets the elements of a section.
  mutating func set<Element: BitwiseCopyable>(_ section: TableImage.Section, _ elements: [Element]) {
    sections[section.rawValue] = elements.withUnsafeBytes(Array.init)
  }

  /// Lays out the sections and completes the header.
  func image(digest: SHA256Digest) -> TableImage {
    var size = TableImage.contentOffset
    let offsets = sections.map { section in
      defer { size = Self.aligned(size + section.count) }
      return size
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    for (number, section) in sections.enumerated() {
      let entry = TableImage.directoryOffset + number * 16
      memory.storeBytes(of: UInt64(offsets[number]), toByteOffset: entry, as: UInt64.self)
      memory.storeBytes(of: UInt64(section.count), toByteOffset: entry + 8, as: UInt64.self)
      UnsafeMutableRawBufferPointer(rebasing: memory[offsets[number]...]).copyBytes(from: section)
    }
    let header = TableImage.Header(
      magic: TableImage.magic, version: TableImage.version, byteCount: UInt64(size),
      checksum: TableImage.checksum(UnsafeRawBufferPointer(memory)), digest: TableImage.words(of: digest), reserved: (0, 0))
    memory.storeBytes(of: header, as: TableImage.Header.self)
    return TableImage(owning: TableMemory(allocated: UnsafeRawBufferPointer(memory)))
  }

  private static func aligned(_ size: Int) -> Int {
    (size + TableImage.sectionAlignment - 1) / TableImage.sectionAlignment * TableImage.sectionAlignment
  }
}
