import ChatTemplates
import JSON
import ModelHub
import Support
import TestSupport
import Testing

@testable import Counting
@testable import Datasets

/// What `Scripts/make_image_reference.py` wrote with transformers and Pillow.
enum ImageReference {
  static func read() throws -> JSONValue {
    try JSONValue.parse(Files.read(Files.join(Files.parent(of: #filePath), "../Fixtures/images.json")))
  }
}

extension JSONValue {
  /// A whole number.
  fileprivate var number: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
}

/// Tokens of images by the rules of the models' processors.
struct ImageTokensTests {
  @Test("as many tokens as transformers' _get_num_multimodal_tokens, for all models and sizes")
  func numbers() throws {
    let reference = try ImageReference.read()
    let sizes = try #require(reference["sizes"]?.arrayValue)
    for model in try #require(reference["models"]?.arrayValue) {
      let name = try #require(model["name"]?.stringValue)
      try Scratch.with { scratch in
        for file in try #require(model["files"]?.objectValue).members {
          try scratch.file(file.key, file.value.serialized())
        }
        var rule = try #require(try ModelFolder(scratch.path).images)
        if model["cuts_up"] == .bool(true) { rule = try #require(rule.cuttingUp) }
        for (pair, expected) in zip(sizes, try #require(model["tokens"]?.arrayValue)) {
          let height = try #require(pair.arrayValue?[0].number)
          let width = try #require(pair.arrayValue?[1].number)
          let size = try #require(ImageSize(width: width, height: height))
          let tokens = try? rule.tokens(of: .image(size), isAlone: true).get()
          #expect(tokens == expected.number, "\(name): \(height) by \(width)")
        }
      }
    }
  }

  @Test("a folder that sets do_pan_and_scan changes nothing, and only Gemma 3 cuts images up")
  func cutOuts() throws {
    try Scratch.with { scratch in
      let gemma = #"{"processor_class": "Gemma3Processor", "do_pan_and_scan": true, "pan_and_scan_max_num_crops": 9}"#
      try scratch.file("preprocessor_config.json", gemma)
      let rule = try #require(try ModelFolder(scratch.path).images)
      let long = try #require(ImageSize(width: 1200, height: 300)).turned
      #expect(try rule.tokens(of: .image(long), isAlone: true).get() == 256)
      #expect(try rule.tokens(of: .unread(.missing), isAlone: true).get() == 256)
      let cuttingUp = try #require(rule.cuttingUp)
      #expect(try cuttingUp.tokens(of: .image(long), isAlone: true).get() == 5 * 256)
      #expect(cuttingUp.tokens(of: .unread(.missing), isAlone: true) == .failure(.missing))
      #expect(rule.description != cuttingUp.description && rule.description == "256 for an image")
      let qwen = try Scratch()
      try qwen.file("preprocessor_config.json", #"{"processor_class": "Qwen2VLProcessor"}"#)
      #expect(try ModelFolder(qwen.path).images?.cuttingUp == nil)
    }
  }

  @Test("a processor that is not known, and one of numbers that no processor has")
  func otherProcessors() throws {
    try Scratch.with { scratch in
      try scratch.file("preprocessor_config.json", #"{"processor_class": "PixtralProcessor"}"#)
      let other = try ModelFolder(scratch.path).images
      #expect(other?.rule == .unknown(.otherProcessor))
      for numbers in [
        #""patch_size": 0"#, #""merge_size": -2"#, #""min_pixels": 1e300"#, #""max_pixels": "many""#,
        #""patch_size": 9223372036854775807"#,
      ] {
        try scratch.file("preprocessor_config.json", "{\"processor_class\": \"Qwen2VLProcessor\", \(numbers)}")
        #expect(throws: InputError.self) { try ModelFolder(scratch.path) }
      }
    }
  }

  @Test("a model without a processor of images has no rule")
  func noProcessor() throws {
    let images = try Scratch.with { scratch in try ModelFolder(scratch.path).images }
    #expect(images == nil)
  }
}

/// Sizes of images by their headers.
struct ImageHeaderTests {
  private static func files() throws -> [(name: String, bytes: [UInt8], size: ImageSize)] {
    try #require(try ImageReference.read()["files"]?.arrayValue).map { file in
      let text = try #require(file["base64"]?.stringValue)
      let sides = try #require(file["size"]?.arrayValue).compactMap(\.number)
      return (
        try #require(file["name"]?.stringValue), try #require(Base64.decode(Array(text.utf8)[...])),
        try #require(ImageSize(width: sides[0], height: sides[1]))
      )
    }
  }

  @Test("the sizes that Pillow shows, however the file says that it is turned")
  func sizes() throws {
    for file in try Self.files() {
      #expect(ImageHeader.size(of: ImageBytes(file.bytes)) == .success(file.size), "\(file.name)")
      #expect(
        ImageHeader.size(of: ImageBytes(base64: Array(Base64.encode(file.bytes).utf8))) == .success(file.size),
        "\(file.name) as Base64")
    }
  }

  @Test("files that are cut or damaged anywhere are refused or have some size, and nothing else happens")
  func damage() throws {
    var numbers = SplitMix(state: 7)
    for file in try Self.files() {
      for end in 0..<min(file.bytes.count, 400) { _ = ImageHeader.size(of: ImageBytes(Array(file.bytes[..<end]))) }
      for _ in 0..<300 {
        var bytes = file.bytes
        for _ in 0...Int(numbers.next() % 4) {
          bytes[Int(numbers.next() % UInt64(min(bytes.count, 600)))] = UInt8(truncatingIfNeeded: numbers.next())
        }
        _ = ImageHeader.size(of: ImageBytes(bytes))
      }
    }
  }

  @Test("sizes beyond what Pillow opens, and none, are refused")
  func bounds() {
    #expect(ImageSize(width: 0, height: 5) == nil)
    #expect(ImageSize(width: -1, height: 5) == nil)
    #expect(ImageSize(width: Int.max, height: Int.max) == nil)
    #expect(ImageSize(width: 13_000, height: 14_000) == nil)
    #expect(ImageSize(width: ImageSize.mostPixels, height: 1) != nil)
  }
}

/// Where rows name images.
struct ImageReadingTests {
  private static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAGElEQVR4nGNgYGRiZmFlY+fg5OJmII4DABjIAQkuumFyAAAAAElFTkSuQmCC"
  private static let size = ImageSize(width: 4, height: 4).map(ChatMedia.image)

  private static func media(_ text: String, in folder: String?) -> ChatMedia? {
    ImageReading(folder: folder).images(.string(text)).first
  }

  @Test("data URLs, Base64, and paths within the folder of the data, and no others")
  func places() throws {
    try Scratch.with { scratch in
      let image = try #require(Base64.decode(Array(Self.png.utf8)[...]))
      try scratch.file("data/pictures/a.png", image)
      try scratch.file("outside.png", image)
      try scratch.file("data/no.png", "text")
      let folder = scratch.path("data")
      #expect(Self.media("data:image/png;base64,\(Self.png)", in: nil) == Self.size)
      #expect(Self.media(Self.png, in: folder) == Self.size)
      #expect(Self.media("pictures/a.png", in: folder) == Self.size)
      #expect(Self.media("file://pictures/a.png", in: folder) == Self.size)
      #expect(Self.media("pictures/../pictures/a.png", in: folder) == Self.size)
      #expect(Self.media("../outside.png", in: folder) == .unread(.outside))
      #expect(Self.media(scratch.path("data/pictures/a.png"), in: folder) == .unread(.outside))
      #expect(Self.media("pictures/b.png", in: folder) == .unread(.missing))
      #expect(Self.media("pictures", in: folder) == .unread(.missing))
      #expect(Self.media("no.png", in: folder) == .unread(.unknownFormat))
      #expect(Self.media("https://example.org/a.png", in: folder) == .unread(.onTheWeb))
      #expect(Self.media("pictures/a.png", in: nil) == .unread(.outside))
      #expect(Self.media("", in: folder) == .unread(.unnamed))
    }
  }
}
