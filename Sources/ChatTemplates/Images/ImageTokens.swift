import Glibc

/// How many tokens a model's processor makes of an image, and which text it writes for it.
///
/// Source: transformers 5.23, the processors' `_get_num_multimodal_tokens` and `replace_image_token`.
public struct ImageTokens: Sendable, Hashable {
  /// What decides about the number.
  public enum Rule: Sendable, Hashable {
    /// Every image, sound or film has a number of tokens that the user gave.
    case each(Int)
    /// Qwen2-VL, Qwen2.5-VL and Qwen3-VL: as many as there are squares of merged patches after resizing.
    case patches(QwenPatches)
    /// LLaVA: all images have equally many.
    case fixed(Int)
    /// Gemma 3: all images have equally many, and long ones their cut-outs too where the caller asks for these.
    case gemma(GemmaImages)
    /// LLaVA-NeXT and LLaVA-OneVision: a whole image and tiles of it.
    case tiles(LlavaTiles)
    /// Nobody knows.
    case unknown(MediaFault)
  }

  /// What decides about the number.
  public private(set) var rule: Rule
  /// What the rendered text holds for an image.
  public let placeholder: [UInt8]
  /// What a template writes for an image, the placeholder among it.
  public let mark: [UInt8]
  /// What stands for one token of an image.
  public let token: [UInt8]
  /// What the processor writes before the tokens of an image.
  public let prefix: [UInt8]
  /// What the processor writes after the tokens of an image.
  public let suffix: [UInt8]

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - placeholder: what the rendered text holds for an image.
  ///   - mark: what a template writes for an image; nil for the placeholder alone.
  ///   - token: what stands for one token of it; nil for the placeholder.
  ///   - prefix: what is written before the tokens.
  ///   - suffix: what is written after them.
  public init(
    _ rule: Rule, placeholder: String = "", mark: String? = nil, token: String? = nil, prefix: String = "",
    suffix: String = ""
  ) {
    self.rule = rule
    self.placeholder = Array(placeholder.utf8)
    self.mark = Array((mark ?? placeholder).utf8)
    self.token = Array((token ?? placeholder).utf8)
    self.prefix = Array(prefix.utf8)
    self.suffix = Array(suffix.utf8)
  }

  /// Whether sizes of images decide about anything.
  public var readsImages: Bool {
    switch rule {
    case .each, .patches, .fixed, .gemma, .tiles: true
    case .unknown: false
    }
  }

  /// The rule where the caller asks the processor to cut images up; nil where the processor cannot.
  public var cuttingUp: ImageTokens? {
    guard case .gemma(var images) = rule else { return nil }
    images.areCutUp = true
    var copy = self
    copy.rule = .gemma(images)
    return copy
  }

  /// The most tokens that the images of a conversation may have together: files of a few bytes can claim any size.
  static let most = 1 << 22

  /// The number of tokens of an image.
  ///
  /// - Parameter isAlone: whether it is the only image of its conversation.
  /// - Returns: the number, or why it cannot be told.
  public func tokens(of image: ChatMedia, isAlone: Bool) -> Result<Int, MediaFault> {
    let tokens: Int?
    switch (rule, image) {
    case (.each(let count), _), (.fixed(let count), .image), (.fixed(let count), .unread): return .success(count)
    case (.gemma(let images), .unread) where !images.areCutUp: return .success(images.whole)
    case (.unknown(let fault), _), (_, .unread(let fault)), (_, .placeless(let fault)): return .failure(fault)
    case (.gemma(let images), .image(let size)): tokens = images.tokens(of: size)
    case (.patches(let patches), .image(let size)): tokens = patches.tokens(of: size)
    case (.tiles(let tiles), .image(let size)): tokens = tiles.tokens(of: size, isAlone: isAlone)
    }
    return tokens.map { .success($0) } ?? .failure(.tooNarrow)
  }
}

extension ImageTokens: CustomStringConvertible {
  /// The rule for the record.
  public var description: String {
    switch rule {
    case .each(let count): "\(count) each"
    case .fixed(let count): "\(count) for an image"
    case .gemma(let images): "\(images.whole) for an image" + (images.areCutUp ? " and for each cut-out" : "")
    case .patches(let patches):
      "\(patches.smallest) to \(patches.largest) pixels, patches of \(patches.patch), \(patches.merge) by "
        + "\(patches.merge) merged"
    case .tiles(let tiles):
      "tiles of \(tiles.tile) in \(tiles.grids.map { "\($0.height)x\($0.width)" }.joined(separator: ", ")), "
        + "\(tiles.side) by \(tiles.side) patches" + (tiles.most.map { ", at most \($0) tiles" } ?? "")
        + (tiles.extra == 0 ? "" : ", \(tiles.extra) more")
    case .unknown(let fault): "not known: \(fault.reason)"
    }
  }
}

/// How Qwen's vision models divide an image.
public struct QwenPatches: Sendable, Hashable {
  /// The side of a patch in pixels.
  public let patch: Int
  /// How many patches a side become one token.
  public let merge: Int
  /// The least pixels of a resized image.
  public let smallest: Int
  /// The most pixels of a resized image.
  public let largest: Int

  /// Images that are more times as long as wide are refused.
  private static let widestRatio = 200.0

  /// Makes a division; nil where a number is none that a processor can have.
  public init?(patch: Int, merge: Int, smallest: Int, largest: Int) {
    guard (1...1 << 16).contains(patch), (1...1 << 8).contains(merge), (1...1 << 40).contains(smallest),
      (1...1 << 40).contains(largest)
    else { return nil }
    self.patch = patch
    self.merge = merge
    self.smallest = smallest
    self.largest = largest
  }

  /// Source: transformers, `smart_resize` of `image_processing_qwen2_vl.py`; numbers are rounded as Python does.
  func tokens(of size: ImageSize) -> Int? {
    let (height, width) = (Double(size.height), Double(size.width))
    guard max(height, width) / min(height, width) <= Self.widestRatio else { return nil }
    let factor = Double(patch * merge)
    var rows = (height / factor).rounded(.toNearestOrEven)
    var columns = (width / factor).rounded(.toNearestOrEven)
    let pixels = rows * factor * columns * factor
    if pixels > Double(largest) {
      let scale = (height * width / Double(largest)).squareRoot()
      rows = max(1, (height / scale / factor).rounded(.down))
      columns = max(1, (width / scale / factor).rounded(.down))
    } else if pixels < Double(smallest) {
      let scale = (Double(smallest) / (height * width)).squareRoot()
      rows = (height * scale / factor).rounded(.up)
      columns = (width * scale / factor).rounded(.up)
    }
    // Squares of merged patches: the sides are multiples of them.
    guard rows * columns < Double(ImageSize.mostPixels) else { return nil }
    return Int(rows) * Int(columns)
  }
}

/// How LLaVA-NeXT and LLaVA-OneVision divide an image.
public struct LlavaTiles: Sendable, Hashable {
  /// The side of a tile in pixels.
  public let tile: Int
  /// The patches on a side of a tile.
  public let side: Int
  /// The tokens of the whole image, which is resized to one tile.
  public let whole: Int
  /// The sizes that an image may be fitted into, in the order of the configuration.
  public let grids: [ImageSize]
  /// The most tiles whose patches are kept without scaling them down; nil where all are.
  public let most: Int?
  /// What is added to the number, which may be negative.
  public let extra: Int
  /// Whether of several images of a conversation only the whole is taken.
  public let isWholeAmongSeveral: Bool

  /// Makes a division; nil where a number is none that a processor can have.
  public init?(
    tile: Int, side: Int, whole: Int, grids: [ImageSize], most: Int? = nil, extra: Int, isWholeAmongSeveral: Bool
  ) {
    guard (1...1 << 16).contains(tile), (1...1 << 12).contains(side), (1...1 << 24).contains(whole), !grids.isEmpty,
      grids.allSatisfy({ $0.height >= tile && $0.width >= tile }), (1...1 << 16).contains(most ?? 1),
      abs(extra) <= 1 << 16
    else { return nil }
    self.tile = tile
    self.side = side
    self.whole = whole
    self.grids = grids
    self.most = most
    self.extra = extra
    self.isWholeAmongSeveral = isWholeAmongSeveral
  }

  /// Source: transformers, `_get_number_of_features` of `processing_llava_next.py` and `processing_llava_onevision.py`.
  func tokens(of size: ImageSize, isAlone: Bool) -> Int? {
    if isWholeAmongSeveral, !isAlone { return max(0, whole + 1 + extra) }
    guard let grid = grid(for: size) else { return nil }
    let (height, width) = (Double(size.height), Double(size.width))
    var rows = side * (grid.height / tile)
    var columns = side * (grid.width / tile)
    // What pads the image to the form of the grid is left out again.
    if width / height > Double(columns) / Double(rows) {
      rows -= (rows - Self.truncated(height * (Double(columns) / width))) / 2 * 2
    } else {
      columns -= (columns - Self.truncated(width * (Double(rows) / height))) / 2 * 2
    }
    var (patches, newlines) = (rows * columns, rows)
    if let most {
      let ratio = (Double(patches) / Double(most * side * side)).squareRoot()
      if ratio > 1.1 {
        newlines = Int(Self.quotient(Double(rows), ratio))
        patches = newlines * Int(Self.quotient(Double(columns), ratio))
      }
    }
    return max(0, patches + newlines + whole + extra)
  }

  /// The grid that loses least of the image, and of these the one that wastes least.
  ///
  /// Source: transformers, `select_best_resolution`.
  private func grid(for size: ImageSize) -> ImageSize? {
    var best: (grid: ImageSize, effective: Int, wasted: Int)?
    for grid in grids {
      let scale = min(Double(grid.width) / Double(size.width), Double(grid.height) / Double(size.height))
      let fitted = Int(Double(size.width) * scale) * Int(Double(size.height) * scale)
      let effective = min(fitted, size.width * size.height)
      let wasted = grid.width * grid.height - effective
      let (most, least) = best.map { ($0.effective, $0.wasted) } ?? (0, Int.max)
      if effective > most || effective == most && wasted < least { best = (grid, effective, wasted) }
    }
    return best?.grid
  }

  /// Python's `int(round(number, 7))`.
  private static func truncated(_ number: Double) -> Int {
    let whole = number.rounded(.down)
    return Int(whole) + (number - whole > 0.999_999_95 ? 1 : 0)
  }

  /// Python's `//` of positive numbers.
  private static func quotient(_ number: Double, _ divisor: Double) -> Double {
    let quotient = (number - fmod(number, divisor)) / divisor
    let whole = quotient.rounded(.down)
    return quotient - whole > 0.5 ? whole + 1 : whole
  }
}
