import ArgumentParser
import JSON
import ModelHub
import Support

/// Whether and how models and datasets are fetched from the hub.
struct HubOptions: ParsableArguments {
  @Flag(help: "Fetch nothing; use what the hub's cache holds (as HF_HUB_OFFLINE=1).")
  var offline = false

  @Flag(help: "Fetch also more than 1 GB.")
  var yes = false

  /// Whether only what would be fetched is asked for, and nothing is stored.
  var plansOnly = false

  private enum CodingKeys: CodingKey {
    case offline, yes
  }

  /// What the options allow.
  var access: HubAccess { HubAccess(isOffline: offline, allowsMuch: yes, plansOnly: plansOnly) }

  /// A client that says on standard error what it fetches.
  ///
  /// - Parameter progress: how progress is shown.
  func client(progress style: ProgressStyle = .fitting) -> HubClient { access.client(progress: style) }
}

/// What the user allows of fetching from the hub.
struct HubAccess: Sendable {
  /// Whether nothing is fetched.
  var isOffline = false
  /// Whether more than 1 GB may be fetched.
  var allowsMuch = false
  /// Whether only what would be fetched is asked for, and nothing is stored.
  var plansOnly = false

  /// A client that says on standard error what it fetches.
  ///
  /// - Parameter progress: how progress is shown.
  func client(progress style: ProgressStyle = .fitting) -> HubClient {
    var settings = HubSettings()
    if isOffline { settings.isOffline = true }
    let display = FetchDisplay(style)
    var client = HubClient(
      settings: settings, consent: HubConsent(isGiven: allowsMuch), stop: Interruption.flag, report: display.show)
    client.plansOnly = plansOnly
    return client
  }
}

/// Shows how far fetching has come.
private struct FetchDisplay {
  private let line: ProgressLine
  private let watch = Stopwatch()

  init(_ style: ProgressStyle) {
    line = ProgressLine(style)
  }

  func show(_ event: HubEvent) {
    guard case .progress(let done, let total) = event else {
      line.end()
      Messages.notice(event.description)
      return
    }
    line.update(
      seconds: watch.seconds, share: Double(done) / Double(max(1, total)),
      parts: { [ProgressPart(event.description, worth: 1)] },
      json: {
        .object(JSONObject([("fetched_bytes", .number(done)), ("total_bytes", .number(total))]))
      })
    if done >= total { line.end() }
  }
}
