/// The address of something on a web server, in the parts that decide whether and how it is asked for.
struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
  /// Whether the connection is encrypted (`https`).
  let isEncrypted: Bool
  /// The host's name in lower case, or its number; that of IPv6 in brackets.
  let host: String
  /// The port.
  let port: Int
  /// The path and what follows it, from the first slash.
  let target: String

  /// Reads an absolute address; nil for other schemes, user names in addresses, odd hosts and control characters.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }), bytes.count <= 16_384 else { return nil }
    let lowered = text.lowercased()
    let isEncrypted = lowered.hasPrefix("https://")
    guard isEncrypted || lowered.hasPrefix("http://") else { return nil }
    let rest = bytes.dropFirst(isEncrypted ? 8 : 7)
    let authority = rest.prefix { !Self.endsAuthority($0) }
    guard let (host, port) = Self.hostAndPort(authority) else { return nil }
    self.isEncrypted = isEncrypted
    self.host = host
    self.port = port ?? (isEncrypted ? 443 : 80)
    let target = rest.dropFirst(authority.count).prefix { $0 != UInt8(ascii: "#") }
    let text = String(decoding: target, as: UTF8.self)
    self.target = text.hasPrefix("/") ? text : "/" + text
  }

  private init(_ other: HTTPAddress, target: String) {
    isEncrypted = other.isEncrypted
    host = other.host
    port = other.port
    self.target = target
  }

  private static func endsAuthority(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
  }

  /// The parts of `host`, `host:port` or `[::1]:port`; nil for anything else.
  private static func hostAndPort(_ authority: ArraySlice<UInt8>) -> (host: String, port: Int?)? {
    let isBracketed = authority.first == UInt8(ascii: "[")
    var host = authority.prefix { $0 != (isBracketed ? UInt8(ascii: "]") : UInt8(ascii: ":")) }
    if isBracketed { host = authority.prefix(host.count + 1) }
    let end = authority.dropFirst(host.count)
    let inner = isBracketed ? host.dropFirst().dropLast() : host
    guard !inner.isEmpty, inner.allSatisfy({ isHostByte($0) || isBracketed && $0 == UInt8(ascii: ":") }),
      !isBracketed || host.last == UInt8(ascii: "]")
    else { return nil }
    let name = String(decoding: host, as: UTF8.self).lowercased()
    guard let colon = end.first else { return (name, nil) }
    guard colon == UInt8(ascii: ":"), let port = Int(String(decoding: end.dropFirst(), as: UTF8.self)),
      (1...65_535).contains(port)
    else { return nil }
    return (name, port)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The whole address.
  var description: String { origin + target }

  /// Scheme, host and port: what must be the same for a token to be sent.
  var origin: String { "\(isEncrypted ? "https" : "http")://\(host)\(isUsualPort ? "" : ":\(port)")" }

  private var isUsualPort: Bool { port == (isEncrypted ? 443 : 80) }

  /// Whether the host is this machine.
  var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The address that a link or a redirect of this address leads to; nil where it is none.
  func resolving(_ link: String) -> HTTPAddress? {
    if link.hasPrefix("//") { return HTTPAddress("\(isEncrypted ? "https" : "http"):\(link)") }
    if link.hasPrefix("/") { return HTTPAddress(origin + link) }
    if let address = HTTPAddress(link) { return address }
    // What begins with another scheme is not a path.
    guard !link.isEmpty, !link.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
    let path = target.prefix { $0 != "?" }
    if link.hasPrefix("?") { return HTTPAddress(origin + path + link) }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
    return HTTPAddress(origin + folder + link)
  }

  /// The address with more parts at the end of its path, each escaped where need be.
  func appending(_ parts: [String]) -> HTTPAddress {
    let base = target == "/" ? "" : target
    return HTTPAddress(self, target: base + parts.map { "/" + Self.escaped($0) }.joined())
  }

  /// The address with a query.
  func asking(_ query: String) -> HTTPAddress { HTTPAddress(self, target: "\(target)?\(query)") }

  /// A part of a path in which everything but letters, digits and `-._~` is written as `%XX`.
  static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      if isHostByte(byte) || byte == UInt8(ascii: "~") {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
