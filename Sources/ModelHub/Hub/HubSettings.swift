public import Support

/// Where the hub and its cache are, and how to talk to it, as the environment says.
///
/// The variables mean what they mean to the Python library `huggingface_hub`.
public struct HubSettings: Sendable {
  /// The folder of the hub's cache; nil where the environment names none.
  public var cacheDirectory: String?
  /// The address of the hub, without a slash at its end.
  public var endpoint: String
  /// Whether nothing is to be fetched.
  public var isOffline: Bool
  /// How patient fetching is.
  public var patience = HubPatience()
  /// The folders that `curl` is looked for in.
  var searchPath: String
  /// The user's token, or the file that holds it.
  var token: Token

  /// A token, which is sent to the hub and to no other host.
  struct Token: Sendable {
    /// The token itself; nil where the environment does not hold it.
    var value: String?
    /// The file that it is read from otherwise.
    var path: String?
  }

  /// The hub's own address.
  public static let officialEndpoint = "https://huggingface.co"

  /// Reads the environment; looks at no file.
  ///
  /// - Parameter environment: gives the value of an environment variable, nil where it is not set.
  public init(environment: (String) -> String? = { Files.environment($0) }) {
    func value(_ names: String...) -> String? { names.lazy.compactMap(environment).first { !$0.isEmpty } }
    func isTrue(_ name: String) -> Bool? { value(name).map { ["1", "ON", "YES", "TRUE"].contains($0.uppercased()) } }
    let folders = CacheFolders(environment: environment)
    cacheDirectory = folders.hub
    var address = value("HF_ENDPOINT") ?? Self.officialEndpoint
    while address.utf8.last == UInt8(ascii: "/") { address.removeLast() }
    endpoint = address
    isOffline = isTrue("HF_HUB_OFFLINE") ?? isTrue("TRANSFORMERS_OFFLINE") ?? false
    searchPath = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    token = Token(value: nil, path: nil)
    if isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") != true {
      token.value = value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
      token.path = folders.expanded("HF_TOKEN_PATH") ?? folders.huggingFace.map { Files.join($0, "token") }
    }
    if let seconds = value("HF_HUB_DOWNLOAD_TIMEOUT").flatMap(Int.init), (1...86_400).contains(seconds) {
      patience.stallSeconds = Double(seconds)
    }
  }

  /// The token, read from its file if need be; nil where there is none.
  ///
  /// - Throws: `InputError` where it holds what no token holds.
  func readToken() throws(InputError) -> String? {
    let text: String
    if let value = token.value {
      text = value
    } else if let path = token.path, Files.status(path)?.isRegular == true {
      text = try InputError.wrapping { () throws(FileError) in try Files.readText(path) }
    } else {
      return nil
    }
    let bytes = text.utf8.drop { Self.isBlank($0) }
    let token = String(decoding: bytes.prefix { !Self.isBlank($0) }, as: UTF8.self)
    guard bytes.dropFirst(token.utf8.count).allSatisfy(Self.isBlank),
      token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      let place = self.token.value == nil ? self.token.path ?? "its file" : "HF_TOKEN"
      throw .hub(HubFailure(.denied, "the token in \(place) is none: it holds blanks or odd characters"))
    }
    return token.isEmpty ? nil : token
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}

/// How long fetching waits and how often it tries again.
public struct HubPatience: Sendable, Hashable {
  /// Seconds without a byte after which a connection is given up.
  public var stallSeconds = 30.0
  /// Seconds that an answer of the hub's interface may take in all.
  public var answerSeconds = 300.0
  /// How often the same is asked for before giving up.
  public var attempts = 5
  /// Seconds before the second attempt; each further one waits twice as long.
  public var firstDelay = 0.5
  /// The most seconds that the hub may ask to wait.
  public var longestDelay = 60.0
  /// Seconds to wait for another run that fetches the same file.
  public var lockSeconds = 3_600.0

  /// Makes the usual patience.
  public init() {}

  /// Seconds before an attempt, numbered from 1; what the hub asks for comes first.
  func delay(before attempt: Int, asked seconds: Double?) -> Double {
    let doubled = (1..<max(1, min(attempt, 30))).reduce(firstDelay) { delay, _ in delay * 2 }
    return min(max(seconds ?? 0, doubled), longestDelay)
  }
}

/// The folders for caches that the environment names.
struct CacheFolders: Sendable {
  /// The program's own cache folder; nil where the environment names none.
  let own: String?
  /// The folder of everything that Hugging Face's libraries keep.
  let huggingFace: String?
  /// The folder of the hub's cache.
  let hub: String?
  private let values: [String: String]

  /// - Parameter environment: gives the value of an environment variable, nil where it is not set.
  init(environment: (String) -> String?) {
    let home = environment("HOME").flatMap { $0.isEmpty ? nil : $0 }
    let names = ["XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN_PATH"]
    var values: [String: String] = [:]
    for name in names {
      guard var value = environment(name), !value.isEmpty else { continue }
      if let home, value == "~" || value.hasPrefix("~/") { value = home + value.dropFirst() }
      values[name] = Self.expanding(value, environment)
    }
    let caches = values["XDG_CACHE_HOME"] ?? home.map { Files.join($0, ".cache") }
    own = caches.map { Files.join($0, "tokenstats") }
    huggingFace = values["HF_HOME"] ?? caches.map { Files.join($0, "huggingface") }
    hub = values["HF_HUB_CACHE"] ?? values["HUGGINGFACE_HUB_CACHE"] ?? huggingFace.map { Files.join($0, "hub") }
    self.values = values
  }

  /// The text with `$NAME` and `${NAME}` replaced by the values of the variables that are set, as Python's
  /// `os.path.expandvars` does: what nobody has replaced before, such as the lines of a container's environment.
  private static func expanding(_ text: String, _ environment: (String) -> String?) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let behind = rest[dollar...].dropFirst()
      let isBraced = behind.first == "{"
      let start = isBraced ? behind.dropFirst() : behind
      let name = start.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      let end = start[name.endIndex...]
      guard !name.isEmpty, !isBraced || end.first == "}", let value = environment(String(name)) else {
        result += "$"
        rest = behind
        continue
      }
      result += value
      rest = isBraced ? end.dropFirst() : end
    }
    return result + rest
  }

  /// The value of a variable that names a path, `~` replaced; nil where it is not set.
  func expanded(_ name: String) -> String? { values[name] }
}
