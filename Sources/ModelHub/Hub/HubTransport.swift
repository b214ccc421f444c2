import Glibc
import Support

/// Asks the hub, and what it refers to, through `curl`: follows redirects, tries again, explains refusals.
struct HubTransport: Sendable {
  /// The hub.
  let endpoint: HTTPAddress
  /// The user's token; it is sent to the hub and to no other host.
  let token: String?
  /// Names of repositories that a misspelled one may have meant.
  private let knownNames: [String]
  private let curl: String
  private let patience: HubPatience
  private let stop: StopFlag?

  /// What came in answer to a request.
  struct Answer: Sendable {
    /// The header of the last hop.
    let header: HTTPHeader
    /// The entity tag that the hub itself gave; nil where another host answered and the hub gave none.
    let entityTag: String?
  }

  /// What came of one attempt.
  private enum Attempt {
    case answered(Answer)
    /// It broke off; the reason, how often it is worth trying, and how long the server asks to wait.
    case broken(String, tries: Int, wait: Double?)
  }

  private static let maximumRedirects = 10
  private static let bufferSize = 1 << 18
  /// How many bytes must come for a broken connection not to count as a failure, and how many of a refusal are read.
  private static let progress = 1 << 20

  /// Looks for curl and reads the token.
  ///
  /// - Parameters:
  ///   - settings: where the hub is, and how patient to be.
  ///   - knownNames: names of repositories that a misspelled one may have meant.
  ///   - stop: tells when the user wants to stop.
  /// - Throws: `InputError` where there is no curl, or the address of the hub is none that is used.
  init(_ settings: HubSettings, knownNames: [String], stop: StopFlag?) throws(InputError) {
    guard let endpoint = HTTPAddress(settings.endpoint) else {
      throw .hub(HubFailure(.notPossible, "HF_ENDPOINT: \(settings.endpoint) is no address that begins with https://"))
    }
    guard endpoint.isEncrypted || endpoint.isLoopback else {
      throw .hub(
        HubFailure(
          .notPossible, "HF_ENDPOINT: \(settings.endpoint) is not encrypted; write an address that begins with https://"
        ))
    }
    guard let curl = ChildProcess.find("curl", in: settings.searchPath) else {
      throw .hub(
        HubFailure(.notPossible, "there is no curl to fetch with: install it (Debian, Ubuntu: apt-get install curl)"))
    }
    self.endpoint = endpoint
    self.curl = curl
    self.knownNames = knownNames
    self.stop = stop
    token = try settings.readToken()
    patience = settings.patience
  }

  /// Asks for a small document and returns it whole.
  ///
  /// - Parameters:
  ///   - address: where it is.
  ///   - limit: the most bytes that are taken.
  ///   - reference: the repository that it is about, for messages.
  func document(
    _ address: HTTPAddress, limit: Int, about reference: HubReference
  ) throws(InputError) -> (answer: Answer, bytes: [UInt8]) {
    var receiver = DocumentReceiver(address: address, limit: limit)
    let answer = try fetch(address, about: reference, into: &receiver)
    return (answer, receiver.bytes)
  }

  /// Asks until everything has come.
  ///
  /// - Parameters:
  ///   - address: what to ask for.
  ///   - reference: the repository that it is about, for messages.
  ///   - receiver: takes what comes.
  func fetch<Receiver: HubReceiver & ~Copyable>(
    _ address: HTTPAddress, about reference: HubReference, into receiver: inout Receiver
  ) throws(InputError) -> Answer {
    var failures = 0
    var furthest = 0
    while true {
      let offset = try receiver.begin()
      // A connection that breaks off after a good piece of a large file is no failure.
      if offset >= furthest + Self.progress { (failures, furthest) = (0, offset) }
      let reason: String
      var (tries, wait) = (patience.attempts, Double?.none)
      switch try attempt(address, about: reference, from: offset, into: &receiver) {
      case .answered(let answer):
        guard let lack = receiver.lack else { return answer }
        reason = lack
      case .broken(let text, let most, let seconds):
        reason = text
        tries = min(tries, most)
        wait = seconds
      }
      // A signal reaches curl as well, and its failure says nothing more.
      try checkStop()
      failures += 1
      guard failures < tries else {
        let count = failures == 1 ? "" : " (\(failures) attempts)"
        throw .hub(
          HubFailure(
            .unreachable,
            "\(address.origin) could not be asked for \(reference)\(count): \(reason); --offline uses what the cache holds"
          ))
      }
      try pause(patience.delay(before: failures, asked: wait))
    }
  }

  /// Waits, unless the user asks to stop.
  func pause(_ seconds: Double) throws(InputError) {
    let watch = Stopwatch()
    while watch.seconds < seconds {
      try checkStop()
      usleep(useconds_t(min(0.1, max(0, seconds - watch.seconds)) * 1_000_000))
    }
    try checkStop()
  }

  private func checkStop() throws(InputError) {
    if stop?.isRequested == true { throw .hub(Self.interrupted) }
  }

  private static var interrupted: HubFailure {
    HubFailure(.interrupted, "interrupted; what came whole is kept, and the rest goes on from there")
  }

  private func attempt<Receiver: HubReceiver & ~Copyable>(
    _ address: HTTPAddress, about reference: HubReference, from offset: Int, into receiver: inout Receiver
  ) throws(InputError) -> Attempt {
    let lines = Receiver.isBrief ? ["max-time = \(Int(patience.answerSeconds))"] : []
    var address = address
    var linkedTag: String?
    for _ in 0...Self.maximumRedirects {
      let isHub = address.origin == endpoint.origin
      func answer(_ header: HTTPHeader) -> Answer {
        Answer(header: header, entityTag: linkedTag ?? (isHub ? header.entityTag : nil))
      }
      let settings = settings(for: address, offset: offset) + lines
      let hop = try ask(settings) { (header, piece) throws(InputError) in
        try receiver.receive(answer(header), piece)
      }
      guard case .header(let header) = hop else {
        guard case .broken(let reason, let tries) = hop else { throw .hub(Self.interrupted) }
        return .broken(reason, tries: tries, wait: nil)
      }
      if (200...299).contains(header.status) { return .answered(answer(header)) }
      guard header.isRedirect, let location = header["location"] else {
        if header.status == 416 { try receiver.restart() }
        return try refused(header, at: address, reference)
      }
      if isHub, let linked = header["x-linked-etag"].flatMap({ _ in header.entityTag }) { linkedTag = linked }
      guard let next = address.resolving(location), isAllowed(next) else {
        throw .hub(
          HubFailure(
            .notPossible,
            "\(address.origin) leads to \(location), which is no encrypted address; nothing is fetched from there"))
      }
      address = next
    }
    throw .hub(HubFailure(.notPossible, "\(endpoint.origin) leads from one address to another without an end"))
  }

  /// Unencrypted addresses of this machine are used only by a hub that is one itself.
  private func isAllowed(_ address: HTTPAddress) -> Bool {
    address.isEncrypted || address.isLoopback && endpoint.isLoopback
  }

  private func refused(
    _ header: HTTPHeader, at address: HTTPAddress, _ reference: HubReference
  ) throws(InputError) -> Attempt {
    let host = address.origin
    // An address elsewhere is good for a while only: the hub is asked for another.
    if host != endpoint.origin {
      return .broken("\(host) answered with status \(header.status)", tries: .max, wait: header.retryAfter)
    }
    switch header.status {
    case 408, 429, 500, 502, 503, 504:
      let reason = header.status == 429 ? "it is asked too often" : "it is not able to answer"
      return .broken("\(reason) (status \(header.status))", tries: .max, wait: header.retryAfter)
    case 416: return .broken("it does not have the rest of the file (status 416)", tries: 2, wait: nil)
    default:
      throw .hub(
        HubRefusal(
          header: header, host: host, reference: reference, endpoint: endpoint, hasToken: token != nil,
          knownNames: knownNames
        ).failure)
    }
  }

  /// What came of one request.
  private enum Hop {
    case header(HTTPHeader)
    case broken(String, tries: Int)
    case stopped
  }

  /// Asks once and hands on what comes with a status of success.
  private func ask(
    _ settings: [String], _ receive: (HTTPHeader, RawSpan) throws(InputError) -> Void
  ) throws(InputError) -> Hop {
    var process = try CurlProcess(curl, settings: settings, stop: stop)
    var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
    var reader = HTTPHeaderReader()
    var ignored = 0
    while true {
      switch process.read(into: &buffer, within: patience.stallSeconds) {
      case .stopped: return .stopped
      case .stalled: return .broken("nothing came for \(Int(patience.stallSeconds)) seconds", tries: .max)
      case .bytes(let count):
        guard let body = reader.take(buffer[..<count]) else {
          return .broken("what it sends is no HTTP", tries: 1)
        }
        guard let header = reader.header else { continue }
        guard (200...299).contains(header.status) else {
          // What comes with a refusal is not needed, and may have no end.
          ignored += body.count
          if ignored > Self.progress { return .header(header) }
          continue
        }
        try receive(header, body.span.bytes)
      case .end:
        let (ending, message) = process.finish()
        guard ending.isSuccess else { return Self.broken(ending, message) }
        guard let header = reader.header else { return .broken("it sent no whole header", tries: .max) }
        return .header(header)
      }
    }
  }

  /// What a failure of curl means. The numbers are in its manual.
  private static func broken(_ ending: ChildProcess.Ending, _ message: String) -> Hop {
    let text = message.isEmpty ? "curl \(ending)" : message
    guard case .exit(let code) = ending else { return .broken(text, tries: 1) }
    switch code {
    case 5, 6, 7: return .broken(text, tries: 2)
    case 16, 18, 28, 35, 52, 55, 56, 92, 95: return .broken(text, tries: .max)
    case 60, 77: return .broken("\(text); CURL_CA_BUNDLE names the certificates to trust", tries: 1)
    default: return .broken(text, tries: 1)
    }
  }

  /// The configuration of one request.
  private func settings(for address: HTTPAddress, offset: Int) -> [String] {
    func line(_ name: String, _ value: String) -> String {
      let escaped = value.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }.joined()
      return "\(name) = \"\(escaped)\""
    }
    var lines = [
      line("url", address.description), line("proto", address.isEncrypted ? "=https" : "=http"),
      line("user-agent", "tokenstats"), line("header", "Accept-Encoding: identity"),
      "include", "suppress-connect-headers", "silent", "show-error", "globoff", "path-as-is", "no-buffer",
      // What trickles is given up as well as what stands still.
      "connect-timeout = 30", "speed-limit = 100", "speed-time = \(max(2, Int(patience.stallSeconds * 2)))",
    ]
    // A program on this machine is asked without a detour.
    if address.isLoopback { lines.append(line("noproxy", "*")) }
    if let token, address.origin == endpoint.origin { lines.append(line("header", "Authorization: Bearer \(token)")) }
    if offset > 0 { lines.append(line("range", "\(offset)-")) }
    return lines
  }
}

/// Takes what comes in answer to a request, in as many attempts as it needs.
protocol HubReceiver: ~Copyable {
  /// Whether everything is to come within the time for an answer.
  static var isBrief: Bool { get }
  /// Prepares for an attempt.
  ///
  /// - Returns: the first byte that is needed.
  mutating func begin() throws(InputError) -> Int
  /// Forgets what has come, because the server cannot go on behind it.
  mutating func restart() throws(InputError)
  /// Takes the next bytes, perhaps none.
  mutating func receive(_ answer: HubTransport.Answer, _ piece: RawSpan) throws(InputError)
  /// What is missing after a connection has ended well; nil where nothing is.
  var lack: String? { get }
}

/// Takes a small document into memory.
private struct DocumentReceiver: HubReceiver {
  static let isBrief = true
  let address: HTTPAddress
  let limit: Int
  private(set) var bytes: [UInt8] = []

  init(address: HTTPAddress, limit: Int) {
    self.address = address
    self.limit = limit
  }

  mutating func begin() -> Int {
    bytes = []
    return 0
  }

  mutating func restart() { bytes = [] }

  mutating func receive(_ answer: HubTransport.Answer, _ piece: RawSpan) throws(InputError) {
    guard piece.byteCount <= limit - bytes.count else {
      throw .hub(HubFailure(.damaged, "\(address) sends more than \(limit) bytes; nothing was stored"))
    }
    piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  var lack: String? { nil }
}

/// Finds the end of the headers in what a server sends.
struct HTTPHeaderReader {
  private var bytes: [UInt8] = []
  /// The header, once it has come.
  private(set) var header: HTTPHeader?

  /// Takes the next bytes.
  ///
  /// - Returns: Those of them that come after the header; nil where there is none.
  mutating func take(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if header != nil { return piece }
    bytes += piece
    while let end = Self.end(of: bytes) {
      guard let found = HTTPHeader(bytes[..<end.lowerBound]) else { return nil }
      bytes.removeFirst(end.upperBound)
      guard found.isPreliminary else {
        header = found
        defer { bytes = [] }
        return bytes[...]
      }
    }
    return bytes.count > HTTPHeader.maximumBytes ? nil : []
  }

  /// The empty line that ends a header.
  private static func end(of bytes: [UInt8]) -> Range<Int>? {
    for index in bytes.indices where bytes[index] == 0x0A {
      if index + 1 < bytes.count, bytes[index + 1] == 0x0A { return index..<index + 2 }
      if index + 2 < bytes.count, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A { return index..<index + 3 }
    }
    return nil
  }
}
