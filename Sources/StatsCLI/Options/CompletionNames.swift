import ArgumentParser
import Datasets
import ModelHub
import PersonaData
import Support
import TokenStatistics

/// The names that shells offer for what has been typed so far: nothing is fetched, and what cannot be read offers nothing.
enum CompletionNames {
  /// Models: the built-in ones, those whose files the hub's cache holds, and paths.
  static let models = CompletionKind.custom { _, _, prefix in knownModels() + paths(prefix) }

  /// The same behind the last comma of a list.
  static let modelLists = CompletionKind.custom { _, _, prefix in
    listed(prefix) { last in knownModels() + paths(last) }
  }

  /// Models that raw records of personas are there of.
  static let recordModels = CompletionKind.custom { words, _, _ in (try? archive(words)?.models()) ?? [] }

  /// Personas that raw records are there of: those of the kind and the model that the command line names.
  static let recordPersonas = CompletionKind.custom { words, _, _ in
    guard let archive = archive(words), let models = try? archive.models() else { return [] }
    let type = value(of: "--type", in: words).flatMap { CreateCommand.Persona(argument: $0)?.type }
    let wanted = value(of: "--model", in: words) ?? value(of: "-m", in: words) ?? CreateCommand.usualModel
    let model = RawDataOptions.recordName(of: wanted)
    let found = models.filter { $0 == model }.flatMap { model in
      [DatasetKind.role, .trait].filter { $0 == type ?? $0 }
        .flatMap { (try? archive.personasIfAny(model: model, type: $0)) ?? [] }
    }
    return Set(found.map(\.persona)).sorted()
  }

  /// Datasets of the folder that the command line names, else of the usual one, and paths.
  static let datasets = CompletionKind.custom { words, _, prefix in
    let folder = value(of: "--dataset-dir", in: words) ?? WorkspaceOptions.processedDatasets(root(words))
    let found = (try? DatasetDirectory.scan(folder))?.datasets ?? []
    return found.map(\.name.description) + paths(prefix)
  }

  /// Datasets of the statistics file behind the last comma of a list, each with the sign that its share follows.
  static let shares = CompletionKind.custom { words, _, prefix in
    listed(prefix) { _ in stored(words).map { $0.identity.dataset + "=" } }
  }

  /// Datasets of the statistics files that the command line names, else of the usual one, and paths.
  static let storedDatasets = CompletionKind.custom { words, _, prefix in
    stored(words).map(\.identity.dataset) + paths(prefix)
  }

  /// What the datasets of the statistics file are about.
  static let subjects = CompletionKind.custom { words, _, _ in Set(stored(words).map(\.identity.subject)).sorted() }

  private static func knownModels() -> [String] {
    let cached = HubCache(directory: VocabularyStore().hubDirectory).models().map(\.repository.name)
    return ModelRegistry.names + Set(cached).sorted()
  }

  /// What may stand behind the last comma of a list, with what stands before it.
  private static func listed(_ prefix: String, _ names: (_ last: String) -> [String]) -> [String] {
    guard let comma = prefix.lastIndex(of: ",") else { return names(prefix) }
    let next = prefix.index(after: comma)
    return names(String(prefix[next...])).map { prefix[..<next] + $0 }
  }

  /// The raw records of the folder that the command line names, else of the usual one; nil where there are none.
  private static func archive(_ words: [String]) -> PersonaArchive? {
    let folder = value(of: "--persona-data-dir", in: words) ?? WorkspaceOptions.personaData(root(words))
    return try? PersonaArchive(path: folder)
  }

  private static func stored(_ words: [String]) -> [DatasetSummary] {
    let files =
      value(of: "--statistics", in: words).map { [$0] }
      ?? words.dropFirst().filter { StatisticsDocument.isStatistics($0) }
    return (files.isEmpty ? [WorkspaceOptions.statistics(root(words))] : files).flatMap { file in
      (try? StatisticsDocument.load(file)?.summaries()) ?? []
    }
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
