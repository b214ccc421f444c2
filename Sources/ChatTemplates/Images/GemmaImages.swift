/// How Gemma 3 takes images: each whole, and beside it cut-outs of long ones (pan and scan) where the processor's caller
/// asks for them.
public struct GemmaImages: Sendable, Hashable {
  /// The tokens of an image, and of a cut-out.
  public let whole: Int
  /// Whether the model's folder asks for cut-outs, which the processor makes only where its caller does.
  public let areSetInFolder: Bool
  /// Whether long images are cut up.
  public var areCutUp = false

  /// The sides that cut-outs must have, and how many there may be. What a folder says of them is of no account, because
  /// the processor passes these to its image processor.
  private static let smallestSide = 256
  private static let most = 4
  /// How many times as long as wide an image must be.
  private static let leastRatio = 1.2

  /// Makes a rule of a number of tokens.
  public init(whole: Int, areSetInFolder: Bool = false) {
    self.whole = whole
    self.areSetInFolder = areSetInFolder
  }

  /// The tokens of an image and its cut-outs.
  func tokens(of size: ImageSize) -> Int { whole * (1 + (areCutUp ? Self.cutOuts(of: size) : 0)) }

  /// The number of cut-outs of an image.
  ///
  /// Source: transformers 5.23, `pan_and_scan` of `image_processing_pil_gemma3.py`.
  static func cutOuts(of size: ImageSize) -> Int {
    let (long, short) = (max(size.width, size.height), min(size.width, size.height))
    let ratio = Double(long) / Double(short)
    guard ratio >= leastRatio else { return 0 }
    let count = min(most, max(2, min(long / smallestSide, Int((ratio + 0.5).rounded(.down)))))
    let side = (long + count - 1) / count
    return min(side, short) < smallestSide ? 0 : count
  }

  /// What the processor writes for an image and its cut-outs.
  ///
  /// Source: transformers 5.23, `replace_image_token` of `processing_gemma3.py`.
  ///
  /// - Parameters:
  ///   - tokens: those of all of them.
  ///   - image: what it writes for an image alone.
  func text(tokens: Int, _ image: [UInt8]) -> [UInt8] {
    let cutOuts = tokens / whole - 1
    guard cutOuts > 0 else { return image }
    var text = Array("Here is the original image ".utf8) + image
    text += Array(" and here are some crops to help you see better".utf8)
    for _ in 0..<cutOuts { text += [UInt8(ascii: " ")] + image }
    return text
  }
}
