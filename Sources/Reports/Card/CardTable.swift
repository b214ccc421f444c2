import Support
import TokenStatistics

/// The token statistics of a file as Markdown for a dataset's card.
///
/// The same file gives the same text: nothing in it tells when it was made.
public struct CardTable: Sendable {
  private let run: StatisticsRun

  /// Makes the table of a statistics file.
  public init(_ run: StatisticsRun) { self.run = run }

  /// The lines: a table with a row for each dataset, and what the numbers were counted with.
  public var lines: [String] {
    let limits = run.limits
    let hasTargets = run.datasets.contains { dataset in
      dataset.limits.values.contains { $0.withoutTarget != nil }
    }
    var titles = ["dataset", "conversations", "tokens", "assistant tokens"]
    titles += ["mean", "std", "min", "median", "p95", "p99", "max"]
    for limit in limits {
      titles.append("over \(NumberFormat.grouped(limit))")
      if hasTargets { titles.append("no target at \(NumberFormat.grouped(limit))") }
    }
    var lines = [Self.row(titles), Self.row(["---"] + titles.dropFirst().map { _ in "---:" })]
    for dataset in run.datasets { lines.append(Self.row(cells(of: dataset, limits: limits, hasTargets: hasTargets))) }
    return lines + [""] + origin
  }

  private func cells(of dataset: DatasetSummary, limits: [Int], hasTargets: Bool) -> [String] {
    let length = dataset.all.length
    func grouped(_ number: Int?) -> String { number.map(NumberFormat.grouped) ?? NumberFormat.missing }
    func fixed(_ number: Double?) -> String {
      number.map { NumberFormat.fixed($0, digits: 1) } ?? NumberFormat.missing
    }
    var cells = [
      "`\(MarkdownText.code(dataset.identity.dataset))`", NumberFormat.grouped(dataset.all.conversations),
      NumberFormat.grouped(dataset.all.tokens), grouped(dataset.roles?.assistantAndThinking), fixed(length?.mean),
      fixed(length?.standardDeviation), grouped(length?.minimum),
    ]
    cells += [50, 95, 99].map { grouped(length?.percentiles[$0]) } + [grouped(length?.maximum)]
    for limit in limits {
      cells.append(grouped(dataset.limits[limit]?.conversations))
      if hasTargets { cells.append(grouped(dataset.limits[limit]?.withoutTarget)) }
    }
    return cells
  }

  /// What the tokens were counted with, a line for each model of a dataset.
  private var origin: [String] {
    let models = Set(run.datasets.map { TextKey($0.identity.model) }).sorted().map(\.text)
    var lines: [String] = []
    for model in models {
      guard let tokenizer = run.settings?.tokenizers[model] else { continue }
      let place = tokenizer.revision.isEmpty ? tokenizer.hubID : "\(tokenizer.hubID)@\(tokenizer.revision)"
      let template =
        tokenizer.templateSHA256.isEmpty ? "without a chat template" : "chat template \(tokenizer.templateSHA256)"
      let trained = run.settings?.policy(of: model).map { ", trained: \($0)" } ?? ""
      lines.append(
        "- `\(MarkdownText.code(model))`: tokenizer `\(MarkdownText.code(place))`, "
          + MarkdownText.escaped(template + trained))
    }
    let limits =
      "Lengths are those of whole conversations as the chat template renders them; percentiles are nearest rank."
    let tool = run.settings.map { " Counted with tokenstats \(MarkdownText.escaped($0.toolVersion))." } ?? ""
    return lines + (lines.isEmpty ? [] : [""]) + [limits + tool]
  }

  private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
}
