import ArgumentParser
import Datasets
import ModelHub
import Support
import TokenStatistics

/// The names that shells offer for what has been typed so far: nothing is fetched, and what cannot be read offers nothing.
enum CompletionNames {
  /// Models: the built-in ones, those whose files the hub's cache holds, and paths.
  static let models = CompletionKind.custom { _, _, prefix in
    let cached = HubCache(directory: VocabularyStore().hubDirectory).models().map(\.repository.name)
    return ModelRegistry.names + Set(cached).sorted() + paths(prefix)
  }

  /// Datasets of the folder that the command line names, else of the usual one, and paths.
  static let datasets = CompletionKind.custom { words, _, prefix in
    let folder = value(of: "--dataset-dir", in: words) ?? WorkspaceOptions.processedDatasets(root(words))
    let found = (try? DatasetDirectory.scan(folder))?.datasets ?? []
    return found.map(\.name.description) + paths(prefix)
  }

  /// Datasets of the statistics file that the command line names, else of the usual one, and paths.
  static let storedDatasets = CompletionKind.custom { words, _, prefix in
    stored(words).map(\.identity.dataset) + paths(prefix)
  }

  /// What the datasets of the statistics file are about.
  static let subjects = CompletionKind.custom { words, _, _ in Set(stored(words).map(\.identity.subject)).sorted() }

  private static func stored(_ words: [String]) -> [DatasetSummary] {
    let file =
      value(of: "--statistics", in: words) ?? words.dropFirst().first { StatisticsDocument.isStatistics($0) }
      ?? WorkspaceOptions.statistics(root(words))
    guard let document = try? StatisticsDocument.load(file), let summaries = try? document.summaries() else {
      return []
    }
    return summaries
  }

  private static func root(_ words: [String]) -> String {
    WorkspaceOptions.root(value(of: "--workspace", in: words))
  }

  private static func value(of option: String, in words: [String]) -> String? {
    guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
    return words[index + 1]
  }

  /// The files and folders that a path may go on with: shells offer none beside names of ours.
  private static func paths(_ prefix: String) -> [String] {
    let folder = prefix.utf8.contains(UInt8(ascii: "/")) ? Files.parent(of: prefix + ".") : "."
    let names = (try? Files.list(folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.map { folder == "." ? $0 : Files.join(folder, $0) }
      .filter { $0.hasPrefix(prefix) }
  }
}
