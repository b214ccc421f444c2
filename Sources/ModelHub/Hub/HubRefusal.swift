import Support

/// An answer of the hub that is no success, in words for the user.
struct HubRefusal {
  /// The answer's header.
  let header: HTTPHeader
  /// Who answered.
  let host: String
  /// What was asked for.
  let reference: HubReference
  /// The hub.
  let endpoint: HTTPAddress
  /// Whether the user has a token.
  let hasToken: Bool
  /// Names of repositories that a misspelled one may have meant.
  let knownNames: [String]

  /// The failure, with what to do.
  var failure: HubFailure {
    switch (header.status, header["x-error-code"]) {
    case (401, "GatedRepo"), (403, "GatedRepo"): HubFailure(.denied, gated)
    case (_, "RevisionNotFound"):
      HubFailure(.notFound, "\(reference.repository.summary) has no revision \(reference.revision ?? .main) on \(host)")
    case (_, "EntryNotFound"):
      HubFailure(.notFound, "\(reference.repository.summary) does not have the file that was asked for\(remark)")
    case (401, _), (404, _): HubFailure(.notFound, notFound)
    case (403, _):
      HubFailure(.denied, "\(host) does not let you read \(reference.repository.summary)\(remark); \(access)")
    case (let status, _):
      HubFailure(.notPossible, "\(host) answered with status \(status) when it was asked for \(reference)\(remark)")
    }
  }

  private var page: String { "\(endpoint)\(endpoint.target == "/" ? "" : "/")\(reference.repository.pagePath)" }

  private var access: String {
    let account = "ask for access on \(page) with your account"
    return hasToken
      ? "\(account), and make sure that your token (HF_TOKEN) is that account's and may read gated repositories"
      : "\(account), make a token on \(endpoint.origin)/settings/tokens, and set HF_TOKEN to it"
  }

  private var gated: String { "\(reference.repository.summary) is gated: \(access)\(remark)" }

  private var notFound: String {
    let repository = reference.repository
    let question = CloseNames.question(CloseNames.of(repository.name, in: knownNames))
    let privacy =
      hasToken ? "or your token (HF_TOKEN) may not see it" : "or it is private or gated and needs a token in HF_TOKEN"
    return "there is no \(repository.kind.rawValue) \(repository) on \(host), \(privacy)\(question)"
  }

  /// What the hub says itself, shortened and without characters that a terminal would obey.
  private var remark: String {
    guard let text = header["x-error-message"] else { return "" }
    let visible = text.unicodeScalars.prefix(200).filter { (0x20...0x7E).contains($0.value) }
    return visible.isEmpty ? "" : " (\(String(String.UnicodeScalarView(visible))))"
  }
}
