import ChatTemplates
import JSON
import Support

/// What a model's folder says about images: `preprocessor_config.json`, or `image_processor` of `processor_config.json`,
/// which goes before it.
struct ImageConfiguration {
  private static let processorName = "processor_config.json"
  private static let imageName = "preprocessor_config.json"

  /// The members of the processor's file.
  private let processor: JSONObject
  /// The members that describe the image processor.
  private let image: JSONObject
  /// The file that these are from.
  private let path: String
  private let tokens: JSONObject
  private let processorClass: String?

  /// Reads the files; nil where there is neither.
  ///
  /// - Parameters:
  ///   - folder: the model's folder.
  ///   - configuration: the members of `tokenizer_config.json`.
  ///   - tokens: the special tokens by name.
  init?(
    _ folder: String, configuration: JSONObject, tokens: JSONObject,
    read: (String, String) throws(InputError) -> JSONObject?
  ) throws(InputError) {
    let processor = try read(folder, Self.processorName)
    let nested = processor?["image_processor"]?.objectValue
    var image = nested
    if image == nil { image = try read(folder, Self.imageName) }
    guard let image else { return nil }
    self.processor = processor ?? JSONObject()
    self.image = image
    self.tokens = tokens
    path = Files.join(folder, nested == nil ? Self.imageName : Self.processorName)
    processorClass = [processor, image, configuration].lazy.compactMap { $0?["processor_class"]?.stringValue }.first
  }

  /// How many tokens the processor makes of an image.
  ///
  /// - Throws: `InputError` where a number is none that a processor can have.
  func rule() throws(InputError) -> ImageTokens {
    switch processorClass {
    case "Qwen2VLProcessor"?, "Qwen2_5_VLProcessor"?, "Qwen3VLProcessor"?: return try qwen()
    case nil where image["image_processor_type"]?.stringValue?.hasPrefix("Qwen2VLImageProcessor") ?? false:
      return try qwen()
    case "Gemma3Processor"?: return try gemma()
    case "LlavaProcessor"?: return try llava()
    case "LlavaNextProcessor"?: return try tiles(isOneVision: false)
    case "LlavaOnevisionProcessor"?: return try tiles(isOneVision: true)
    default: return ImageTokens(.unknown(.otherProcessor))
    }
  }

  private func qwen() throws(InputError) -> ImageTokens {
    // Without resizing an image must have sides that fit, which no data promise.
    guard image["do_resize"] != .bool(false) else { return ImageTokens(.unknown(.otherProcessor)) }
    let size = image["size"]?.objectValue ?? JSONObject()
    var (smallest, largest) = (try number(image, "min_pixels"), try number(image, "max_pixels"))
    if smallest == nil { smallest = try number(size, "shortest_edge") }
    if largest == nil { largest = try number(size, "longest_edge") }
    let patches = QwenPatches(
      patch: try number(image, "patch_size") ?? 14, merge: try number(image, "merge_size") ?? 2,
      smallest: smallest ?? 56 * 56, largest: largest ?? 28 * 28 * 1280)
    guard let patches else { throw impossible() }
    let placeholder = token("image_token") ?? "<|image_pad|>"
    return ImageTokens(
      .patches(patches), placeholder: placeholder, mark: "<|vision_start|>\(placeholder)<|vision_end|>")
  }

  private func gemma() throws(InputError) -> ImageTokens {
    let count = try number(processor, "image_seq_length") ?? 256
    guard (1...1 << 16).contains(count) else { throw impossible() }
    let begin = token("boi_token") ?? "<start_of_image>"
    let images = GemmaImages(whole: count, areSetInFolder: image["do_pan_and_scan"] == .bool(true))
    return ImageTokens(
      .gemma(images), placeholder: begin, token: token("image_token") ?? "<image_soft_token>",
      prefix: "\n\n" + begin, suffix: (token("eoi_token") ?? "<end_of_image>") + "\n\n")
  }

  /// The side of a patch, which older files do not have.
  private func patchSize() throws(InputError) -> Int? {
    try number(processor, "patch_size").flatMap { $0 > 0 ? $0 : nil }
  }

  /// What is added to the number of patches.
  private func extra() throws(InputError) -> Int {
    let isDefault = processor["vision_feature_select_strategy"]?.stringValue == "default"
    return try (number(processor, "num_additional_image_tokens") ?? 0) - (isDefault ? 1 : 0)
  }

  private func llava() throws(InputError) -> ImageTokens {
    guard let patch = try patchSize() else { return ImageTokens(.unknown(.otherProcessor)) }
    let isSquare = image["image_processor_type"]?.stringValue?.hasPrefix("Siglip") ?? false
    let isCropped = !isSquare && image["do_center_crop"] != .bool(false)
    let sides = try isCropped ? sides(image["crop_size"], usual: 224) : sides(image["size"], usual: nil)
    // Without a crop the sides of the resized image are those of its form.
    guard let sides else { return ImageTokens(.unknown(.otherProcessor)) }
    let count = try sides.height / patch * (sides.width / patch) + extra()
    guard (1...1 << 20).contains(count) else { throw impossible() }
    return ImageTokens(.fixed(count), placeholder: placeholder)
  }

  private func tiles(isOneVision: Bool) throws(InputError) -> ImageTokens {
    let size = image["size"]
    var tile = try number(size?.objectValue ?? JSONObject(), "shortest_edge")
    if tile == nil { tile = try sides(size, usual: isOneVision ? 384 : 224).map { min($0.height, $0.width) } }
    guard let tile, tile > 0 else { throw impossible() }
    let side: Int
    let whole: Int
    var most: Int?
    if isOneVision {
      guard let count = try number(processor, "num_image_tokens"), count > 0 else {
        return ImageTokens(.unknown(.otherProcessor))
      }
      side = Int(Double(count).squareRoot())
      whole = count
      let ratio = processor["vision_aspect_ratio"]?.stringValue ?? "anyres_max_9"
      most = Int(ratio.filter { !"anyres_max_".contains($0) })
      guard most != nil else { return ImageTokens(.unknown(.otherProcessor)) }
    } else {
      guard let patch = try patchSize() else { return ImageTokens(.unknown(.otherProcessor)) }
      side = tile / patch
      whole = side * side
    }
    let listed = image["image_grid_pinpoints"]?.arrayValue
    let grids: [ImageSize]? = listed.flatMap { pairs in
      let sizes = pairs.compactMap { pair -> ImageSize? in
        guard let sides = pair.arrayValue, sides.count == 2, let height = Int(sides[0]), let width = Int(sides[1])
        else { return nil }
        return ImageSize(width: width, height: height)
      }
      return sizes.count == pairs.count ? sizes : nil
    }
    guard listed != nil || !isOneVision else { return ImageTokens(.unknown(.otherProcessor)) }
    let usual = [(336, 672), (672, 336), (672, 672), (1008, 336), (336, 1008)].compactMap {
      ImageSize(width: $0.1, height: $0.0)
    }
    let tiles = LlavaTiles(
      tile: tile, side: side, whole: whole, grids: listed == nil ? usual : grids ?? [], most: most,
      extra: try extra(), isWholeAmongSeveral: isOneVision)
    guard let tiles else { throw impossible() }
    return ImageTokens(.tiles(tiles), placeholder: placeholder)
  }

  // MARK: Members

  private var placeholder: String {
    token("image_token") ?? processor["image_token"].flatMap { $0.stringValue ?? $0["content"]?.stringValue }
      ?? "<image>"
  }

  private func token(_ name: String) -> String? { tokens[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }

  /// Both sides of a size: an object, or one number for a square.
  private func sides(
    _ value: JSONValue?, usual: Int?
  ) throws(InputError) -> (height: Int, width: Int)? {
    guard let value, value != .null else { return usual.map { ($0, $0) } }
    if let side = Int(value) { return side > 0 ? (side, side) : nil }
    guard let object = value.objectValue, let height = try number(object, "height"),
      let width = try number(object, "width"), (1...1 << 20).contains(height), (1...1 << 20).contains(width)
    else { return nil }
    return (height, width)
  }

  private func number(_ object: JSONObject, _ name: String) throws(InputError) -> Int? {
    guard let value = object[name], value != .null else { return nil }
    guard let number = Int(value), abs(number) <= 1 << 40 else {
      throw .model(path, "\"\(name)\" is \(value.kindName), or no number that an image can have")
    }
    return number
  }

  private func impossible() -> InputError {
    .model(path, "the numbers are none that the processor of images can have; name another model, or repair the file")
  }
}

extension Int {
  /// The whole number of a value.
  fileprivate init?(_ value: JSONValue) {
    switch value {
    case .integer(let number): self.init(exactly: number)
    case .double(let number): self.init(exactly: number)
    default: return nil
    }
  }
}
