import JSON
import Support
import TestSupport
import Testing

@testable import ModelHub

@Suite("Fetching models from a hub on this machine")
struct HubFetchTests {
  private static let large = String(repeating: "large vocabulary ", count: 20_000)
  private static let files = [
    "models/ada/tiny/tokenizer.json": large, "models/ada/tiny/tokenizer_config.json": "{\"bos_token\": \"<s>\"}",
    "models/ada/tiny/config.json": "{}", "models/ada/tiny/additional_chat_templates/tool use.jinja": "{{ messages }}",
    "models/ada/tiny/model.safetensors": String(repeating: "weights", count: 1_000),
    "models/ada/tiny/README.md": "# tiny", "models/ada/tiny/original/tokenizer.model": "no",
  ]
  private static let fetched = [
    "additional_chat_templates/tool use.jinja", "config.json", "tokenizer.json", "tokenizer_config.json",
  ]

  private func reference(_ text: String = "ada/tiny") throws -> HubReference { try HubReference(text, kind: .model) }

  /// The failure to fetch the model from a hub that misbehaves.
  private func failing(_ rules: [String: String], token: String? = nil) throws -> (HubFailure?, HubServer) {
    let hub = try HubServer(Self.files)
    try hub.misbehave(rules)
    let failed = failure { _ = try hub.client(token.map { ["HF_TOKEN": $0] } ?? [:]).fetchModel(reference()) }
    // Nothing that is not right becomes part of the cache.
    let blobs = hub.cache + "/models--ada--tiny/blobs"
    for name in (try? Files.list(blobs)) ?? [] where !name.hasSuffix(".incomplete") {
      #expect(Self.files.values.contains(try Files.readText(Files.join(blobs, name))))
    }
    #expect(!Files.exists(hub.cache + "/models--ada--tiny/refs/main"))
    return (failed, hub)
  }

  @Test("Tokenizer and template files come into the hub's layout, weights never; a second time nothing is asked")
  func fetches() throws {
    let hub = try HubServer(Self.files)
    var events: [HubEvent] = []
    let client = HubClient(settings: hub.settings(["HF_TOKEN": "hf_secret"])) { events.append($0) }
    let snapshot = try client.model(reference())
    #expect(snapshot.files.map(\.description) == Self.fetched)
    #expect(try Files.readText(snapshot.path + "/tokenizer.json") == Self.large)
    let folder = hub.cache + "/models--ada--tiny"
    #expect(try Files.readText(folder + "/refs/main") == snapshot.commit)
    let digest = SHA256Digest.of(Array(Self.large.utf8).span.bytes).hex
    #expect(Files.resolved(snapshot.path + "/tokenizer.json") == Files.resolved(folder + "/blobs/" + digest))
    #expect(try Files.list(folder + "/blobs").count == 4)
    guard case .fetching(let count, let bytes, "ada/tiny", snapshot.commit, let origin) = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(origin == "http://127.0.0.1:\(hub.port)" && count == 4 && bytes == Self.large.utf8.count + 20 + 2 + 14)
    #expect(events.last == .progress(done: bytes, total: bytes))
    // The token goes to the hub and not to the host that has the large files.
    for request in try hub.requests() {
      let isHub = request["host"]?.stringValue == "127.0.0.1:\(hub.port)"
      #expect(request["authorization"]?.stringValue == (isHub ? "Bearer hf_secret" : nil))
    }
    #expect(try hub.requests().contains { $0["host"]?.stringValue == "localhost:\(hub.port)" })
    let asked = try hub.requests().count
    #expect(try client.model(reference()) == snapshot)
    #expect(try hub.client(["HF_HUB_OFFLINE": "1"]).model(reference()) == snapshot)
    #expect(try hub.requests().count == asked)
    #expect(try client.fetchModel(reference("ada/tiny@\(snapshot.commit)")).path == snapshot.path)
  }

  @Test("A plan of a model says what would be fetched and from where, fails as the run would, and stores nothing")
  func plans() throws {
    let hub = try HubServer(Self.files)
    var planner = hub.client()
    planner.plansOnly = true
    let planned = failure { _ = try planner.model(reference()) }
    #expect(planned?.kind == .planned)
    #expect(planned?.description.hasPrefix("4 files (340") == true, "\(String(describing: planned))")
    #expect(planned?.description.hasSuffix("would be fetched from http://127.0.0.1:\(hub.port)") == true)
    #expect(try !Files.exists(hub.cache) && !hub.paths().contains { $0.contains("/resolve/") })
    #expect(failure { _ = try planner.model(reference("ada/none")) }?.kind == .notFound)
    let snapshot = try hub.client().model(reference())
    #expect(try planner.model(reference()) == snapshot)
  }

  @Test("Connections that break off, stand still or are refused for a while are taken up where they ended")
  func resumes() throws {
    for rule in ["\"cut\"", "\"stand\""] {
      let hub = try HubServer(Self.files)
      try hub.misbehave(["/cdn/": "{\"kind\": \(rule), \"times\": 1}"])
      let snapshot = try hub.client().model(reference())
      #expect(try Files.readText(snapshot.path + "/tokenizer.json") == Self.large)
      #expect(try hub.requests().contains { $0["range"]?.stringValue == "bytes=\(Self.large.utf8.count / 2)-" })
    }
    let hub = try HubServer(Self.files)
    try hub.misbehave([
      "/tree/": "{\"kind\": \"status\", \"status\": 429, \"headers\": {\"Retry-After\": \"0\"}, \"times\": 2}",
      "/resolve/": "{\"kind\": \"status\", \"status\": 503, \"times\": 2}",
    ])
    #expect(try hub.client().model(reference()).files.count == 4)
  }

  @Test("What an earlier run has left is used, but not if it was damaged")
  func leftovers() throws {
    let digest = SHA256Digest.of(Array(Self.large.utf8).span.bytes).hex
    for (left, isResumed) in [
      (String(Self.large.prefix(1_000)), true), (String(repeating: "x", count: 1_000), true), (Self.large, false),
      (Self.large + "more", false),
    ] {
      let hub = try HubServer(Self.files)
      try hub.write("hf/hub/models--ada--tiny/blobs/\(digest).incomplete", left)
      let snapshot = try hub.client().model(reference())
      #expect(try Files.readText(snapshot.path + "/tokenizer.json") == Self.large)
      #expect(try hub.requests().contains { $0["range"]?.stringValue == "bytes=1000-" } == isResumed)
    }
    let hub = try HubServer(Self.files)
    try hub.write("hf/hub/models--ada--tiny/blobs/\(digest).incomplete", String(Self.large.prefix(1_000)))
    try hub.misbehave(["/cdn/": "{\"kind\": \"no-range\"}"])
    #expect(try Files.readText(hub.client().model(reference()).path + "/tokenizer.json") == Self.large)
  }

  @Test(
    "What comes and is not what was listed is an error, and nothing of it is stored",
    arguments: [
      ("/cdn/", "flip", "SHA-256"), ("/resolve/", "flip", "SHA-1"), ("/cdn/", "long", "bytes"),
      ("/cdn/", "short", "bytes"), ("/cdn/", "endless", "more than"), ("/resolve/", "tag", "another state"),
      ("/tree/", "endless", "sends more than"),
    ])
  func damage(part: String, kind: String, word: String) throws {
    let (failure, _) = try failing([part: "{\"kind\": \"\(kind)\"}"])
    #expect(failure?.kind == .damaged)
    #expect(failure?.description.contains(word) == true, "\(String(describing: failure))")
    #expect(failure?.description.contains("nothing was") == true)
  }

  @Test("A hub that goes on refusing or breaking off is given up, with the number of attempts")
  func givesUp() throws {
    for rule in [#"{"kind": "status", "status": 500}"#, #"{"kind": "stand"}"#, #"{"kind": "drip"}"#] {
      let hub = try HubServer(Self.files)
      try hub.misbehave([rule.contains("drip") ? "/tree/" : "/revision/": rule])
      var settings = hub.settings()
      settings.patience.attempts = 2
      settings.patience.stallSeconds = 0.3
      let failed = failure { _ = try HubClient(settings: settings).fetchModel(reference()) }
      #expect(failed?.kind == .unreachable && failed?.description.contains("2 attempts") == true)
      #expect(try hub.paths().count { $0.contains("/revision/") == !rule.contains("drip") } == 2)
    }
    let closed = failure {
      let hub = try HubServer([:])
      _ = try hub.client(["HF_ENDPOINT": "http://127.0.0.1:1"]).fetchModel(reference())
    }
    #expect(closed?.kind == .unreachable && closed?.description.contains("--offline") == true)
  }

  @Test("Redirects without an end, or to unencrypted addresses elsewhere, are not followed")
  func redirects() throws {
    let (loop, hub) = try failing(["/cdn/": "{\"kind\": \"to\", \"location\": \"again\"}"])
    #expect(loop?.description.contains("without an end") == true)
    #expect(try hub.requests().count < 40)
    for location in ["http://example.com/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://127.0.0.1@x.org/"] {
      let (failed, _) = try failing(["/resolve/": "{\"kind\": \"to\", \"location\": \"\(location)\"}"])
      #expect(failed?.kind == .notPossible && failed?.description.contains(location) == true)
    }
    for address in ["http://example.com", "ftp://x", "huggingface.co"] {
      let failed = failure { _ = try HubServer([:]).client(["HF_ENDPOINT": address]).fetchModel(reference()) }
      #expect(failed?.kind == .notPossible && failed?.description.contains(address) == true)
    }
  }

  @Test("Refusals say what to do: gated, private, unknown, unknown revision")
  func refusals() throws {
    let gated = #""headers": {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is \u001b[31m restricted"}"#
    for (status, token) in [(401, nil), (403, "hf_1")] as [(Int, String?)] {
      let (failed, hub) = try failing(
        ["/resolve/": "{\"kind\": \"status\", \"status\": \(status), \(gated)}"], token: token)
      #expect(failed?.kind == .denied)
      let text = failed?.description ?? ""
      #expect(text.contains("gated") && text.contains("\(hub.address)/ada/tiny") && text.contains("HF_TOKEN"))
      #expect(text.contains("restricted") && !text.contains("\u{1B}"))
      #expect(text.contains("/settings/tokens") == (token == nil))
      #expect(!text.contains("hf_1"))
    }
    let (endless, _) = try failing(["/tree/": #"{"kind": "endless-status", "status": 403}"#])
    #expect(endless?.kind == .denied)
    let (elsewhere, _) = try failing(["/cdn/": #"{"kind": "status", "status": 403}"#])
    #expect(elsewhere?.kind == .unreachable && elsewhere?.description.contains("status 403") == true)
    let (denied, _) = try failing(["/tree/": "{\"kind\": \"status\", \"status\": 403}"])
    #expect(denied?.kind == .denied)
    let hub = try HubServer(Self.files)
    let unknown = failure { _ = try hub.client().model(reference("Qwen/Qwen3-32")) }
    try hub.write("hf/hub/models--ada--tiny/version", "")
    #expect(
      failure { _ = try hub.client().model(reference("ada/tinny")) }?.description.hasSuffix("did you mean ada/tiny?")
        == true)
    #expect(unknown?.kind == .notFound && unknown?.description.hasSuffix("did you mean Qwen/Qwen3-32B?") == true)
    let revision = failure { _ = try hub.client().model(reference("ada/tiny@v9")) }
    #expect(revision?.kind == .notFound && revision?.description.contains("v9") == true)
    #expect(try hub.client().model(reference("ada/tiny@v1.0")).revision.description == "v1.0")
  }

  @Test("Paths from the hub never lead out of the cache")
  func paths() throws {
    for path in ["../x", "/etc/x", "a/../../x", "a//b", ".", "a\\u0000b", ""] {
      let (failed, hub) = try failing(["/tree/": "{\"kind\": \"paths\", \"paths\": [\"\(path)\"]}"])
      #expect(failed?.kind == .damaged && failed?.description.contains("nothing was fetched") == true)
      #expect(try !hub.paths().contains { $0.contains("/resolve/") })
    }
    let (failed, _) = try failing(["/tree/": "{\"kind\": \"page\", \"location\": \"http://localhost:1/x\"}"])
    #expect(failed?.description.contains("next page") == true)
  }

  @Test("Offline, without a folder, without curl and over 1 GB nothing is fetched, and the error says what to do")
  func notPossible() throws {
    let hub = try HubServer(Self.files)
    let offline = failure { _ = try hub.client(["HF_HUB_OFFLINE": "1"]).model(reference()) }
    #expect(offline?.kind == .notCached)
    #expect(offline?.description.contains("tokenstats tokenizers fetch ada/tiny") == true)
    let homeless = failure { _ = try hub.client(["HOME": "", "HF_HOME": ""]).model(reference()) }
    #expect(homeless?.kind == .notPossible && homeless?.description.contains("HF_HOME") == true)
    let curlless = failure { _ = try hub.client(["PATH": "/nowhere"]).model(reference()) }
    #expect(curlless?.description.contains("apt-get install curl") == true)
    #expect(try hub.requests().isEmpty)
  }

  @Test("A vocabulary of more than 256 MB is refused, and more than 1 GB needs consent")
  func sizes() throws {
    let hub = try HubServer(["models/ada/big/config.json": "{}"])
    let big = try reference("ada/big")
    try hub.misbehave(["/tree/": #"{"kind": "paths", "paths": ["tokenizer.json"], "size": \#((256 << 20) + 1)}"#])
    let failed = failure { _ = try hub.client().model(big) }
    #expect(failed?.kind == .damaged && failed?.description.contains("tokenizer.json") == true)
    let several = (0..<9).map { "\"\($0).tiktoken\"" }.joined(separator: ", ")
    try hub.misbehave(["/tree/": #"{"kind": "paths", "paths": [\#(several)], "size": 200000000}"#])
    let large = failure { _ = try hub.client().model(big) }
    #expect(large?.kind == .notPossible && large?.description.contains("--yes") == true)
    #expect(try !hub.paths().contains { $0.contains("/resolve/") })
    // With it the files are asked for, which this hub does not have.
    #expect(failure { _ = try hub.client(isConsenting: true).model(big) }?.description.contains("the file") == true)
    #expect(try hub.client().plan(big).map(\.missingBytes).reduce(0, +) == 1_800_000_002)
  }

  @Test("The token is in the configuration on curl's standard input, and in no argument or variable of it")
  func secrecy() throws {
    let hub = try HubServer(Self.files)
    let folder = try Scratch()
    try folder.writeScript(
      "bin/curl", "cat > '\(folder.path)/input'; { echo \"$@\"; /usr/bin/env; } > '\(folder.path)/seen'; exit 3")
    let client = hub.client(["HF_TOKEN": "hf_secret", "PATH": folder.path("bin") + ":/usr/bin:/bin"])
    #expect(failure { _ = try client.model(reference()) }?.kind == .unreachable)
    let seen = try Files.readText(folder.path("seen"))
    #expect(seen.hasPrefix("--disable --config -\n") && !seen.contains("hf_secret"))
    let input = try Files.readText(folder.path("input")).split(separator: "\n")
    #expect(input.contains("header = \"Authorization: Bearer hf_secret\""))
    #expect(input.contains("noproxy = \"*\"") && input.contains("proto = \"=http\""))
  }

  @Test("A file that another run is fetching is waited for, and not for ever")
  func locks() throws {
    let hub = try HubServer(Self.files)
    let digest = SHA256Digest.of(Array(Self.large.utf8).span.bytes).hex
    let lock = try FileLock.take(hub.cache + "/.locks/models--ada--tiny/\(digest).lock")
    let failed = failure { _ = try hub.client().model(reference()) }
    #expect(failed?.description.contains("another run") == true)
    _ = consume lock
    #expect(try hub.client().model(reference()).files.count == 4)
  }

  @Test("A request to stop ends fetching soon, and keeps what came")
  func stops() throws {
    let hub = try HubServer(Self.files)
    try hub.misbehave(["/cdn/": "{\"kind\": \"stand\"}"])
    let stop = StopFlag()
    var settings = hub.settings()
    settings.patience.stallSeconds = 30
    let client = HubClient(settings: settings, stop: stop) { event in
      if case .progress(let done, _) = event, done > 1_000 { _ = stop.request() }
    }
    let watch = Stopwatch()
    #expect(failure { _ = try client.model(reference()) }?.kind == .interrupted)
    #expect(watch.seconds < 10)
    let blobs = try Files.list(hub.cache + "/models--ada--tiny/blobs")
    #expect(blobs.contains { $0.hasSuffix(".incomplete") })
  }

  @Test("A model without a tokenizer file is refused by name")
  func noTokenizer() throws {
    let hub = try HubServer(["models/ada/bare/model.safetensors": "weights"])
    let failed = failure { _ = try hub.client().model(reference("ada/bare")) }
    #expect(failed?.kind == .notFound && failed?.description.contains("tekken.json") == true)
  }
}
