// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that nobody who uses tokenstats fetches or builds the benchmark library.
let package = Package(
  name: "tokenstats-benchmarks",
  dependencies: [
    .package(name: "tokenstats", path: ".."),
    // Without its traits it needs no libraries of the system.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "ChatTemplates", package: "tokenstats"),
        .product(name: "Internals", package: "tokenstats"),
        .product(name: "ModelHub", package: "tokenstats"),
        .product(name: "Tokenizers", package: "tokenstats"),
      ],
      path: "Benchmarks/EngineBenchmarks",
      swiftSettings: [
        .treatAllWarnings(as: .error), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("ExistentialAny"),
      ],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ],
  swiftLanguageModes: [.v6]
)
