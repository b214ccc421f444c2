import ArgumentParser

@main
struct TokenStats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenstats", abstract: "Exact token statistics of chat datasets.")
}
