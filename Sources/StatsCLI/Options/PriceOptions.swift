import ArgumentParser
import Support

/// What a run costs where a vendor bills by the token.
struct PriceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The price of a million tokens; adds what a run costs.", valueName: "price"))
  var pricePerMillion: Double?

  @Option(help: ArgumentHelp("How often each token is trained, for the price.", valueName: "n"))
  var epochs = 1.0

  func validate() throws {
    if let pricePerMillion, !(0...1e9 ~= pricePerMillion) {
      throw ValidationError("--price-per-million must be 0 or more, not \(pricePerMillion).")
    }
    if !(0...1e6 ~= epochs) { throw ValidationError("--epochs must be 0 or more, not \(epochs).") }
  }

  /// What training on these tokens costs, in a clause; nil where no price was given.
  func words(for tokens: Int) -> String? {
    price(of: tokens).map { price in
      let times = epochs == 1 ? "" : " \(NumberFormat.fixed(epochs, digits: epochs.rounded() == epochs ? 0 : 2)) times"
      return "\(NumberFormat.fixed(price, digits: 2)) for \(NumberFormat.grouped(tokens)) tokens\(times)"
    }
  }

  /// What training on these tokens costs; nil where no price was given.
  func price(of tokens: Int) -> Double? { pricePerMillion.map { $0 * epochs * Double(tokens) / 1_000_000 } }
}
