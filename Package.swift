// swift-tools-version: 6.2

import PackageDescription

/// Settings of every Swift target: warnings are defects.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  // Imports are internal unless a public declaration needs them, so a dependency is visible where it leaks.
  .enableUpcomingFeature("InternalImportsByDefault"),
  // A member is visible only where its module is imported.
  .enableUpcomingFeature("MemberImportVisibility"),
  // `any` is always written, so dynamic dispatch is always seen.
  .enableUpcomingFeature("ExistentialAny"),
  // Owners of memory hand out spans that live no longer than they do (`@_lifetime`).
  .enableExperimentalFeature("Lifetimes"),
]

/// Settings of what runs once in a run of the program: less code is worth more there than speed.
let small: [SwiftSetting] = strict + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// A system C library found through pkg-config and installed with apt.
func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A module of the product with its tests beside it.
func module(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], settings: [SwiftSetting] = strict,
  testResources: [Resource] = [], testDependencies: [Target.Dependency] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings),
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies + testDependencies,
      resources: testResources, swiftSettings: strict),
  ]
}

let package = Package(
  name: "tokenstats",
  products: [
    .executable(name: "tokenstats", targets: ["tokenstats"]),
    .library(name: "Tokenizers", targets: ["Tokenizers"]),
    .library(name: "ChatTemplates", targets: ["ChatTemplates"]),
    .library(name: "ModelHub", targets: ["ModelHub"]),
    // The objects of the C library, which Scripts/library.sh links.
    .library(name: "LibraryObjects", type: .static, targets: ["Library"]),
    // What Fuzzing/ runs.
    .library(name: "FuzzTargets", targets: ["FuzzTargets", "Support"]),
    // What Benchmarks/ measures beside these; it may change at any time.
    .library(name: "Internals", targets: ["ColumnarFiles", "Histograms", "Support", "TokenStatistics"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // What tests of all modules share: folders of their own, reference data, vocabularies, random numbers.
    .target(
      name: "TestSupport",
      dependencies: ["ChatTemplates", "Datasets", "JSON", "ModelHub", "Support", "TokenStatistics", "Tokenizers"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    // What is given bytes of strangers, by the tests and by Fuzzing/.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "ChatTemplates", "ColumnarFiles", "Datasets", "JSON", "ModelHub", "PersonaData", "Reports", "Support",
        "TokenStatistics", "Tokenizers",
      ],
      path: "Tests/FuzzTargets",
      swiftSettings: strict),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "Support"], swiftSettings: strict),
    system("CBrotli", pkgConfig: "libbrotlidec", apt: "libbrotli-dev"),
    system("CCairo", pkgConfig: "cairo-ft", apt: "libcairo2-dev"),
    system("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
    system("CJSONC", pkgConfig: "json-c", apt: "libjson-c-dev"),
    system("CLZ4", pkgConfig: "liblz4", apt: "liblz4-dev"),
    system("COnig", pkgConfig: "oniguruma", apt: "libonig-dev"),
    system("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CSnappy", apt: "libsnappy-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    .target(
      name: "CSentencePiece", linkerSettings: [.linkedLibrary("sentencepiece")]),
    // The C library's header, with the structs of the Arrow C Data Interface.
    .target(name: "CTokenstats"),
    // Mapped files that others may cut: a signal handler, which may not run Swift.
    .target(name: "CFileMappings"),
    // Threads and locks that stay usable when the process forks.
    .target(name: "CSupport"),
    // The check of UTF-8 with vectors is a header of the other kernels.
    .target(name: "CTokenizerKernels", cSettings: [.headerSearchPath("../CTextKernels")]),
    // The inner loops of reading JSON and of making datasets.
    .target(name: "CTextKernels"),
    // The rows enter through #embed, which the compiler resolves beside the source file.
    .target(name: "CReferenceExpectations", exclude: ["rows.jsonl.zst"]),
    // The font of the plots, put into the program with #embed from the system that builds.
    .target(name: "CPlotFonts"),
    // The report's template, style sheets and scripts, put into the program with #embed.
    .target(
      name: "CReportAssets", exclude: ["page.html", "script", "style"]),
  ]
    + module("JSON", ["CJSONC", "CTextKernels", "Support"], testResources: [.copy("Fixtures")])
    + module("Support", ["COpenSSL", "CSupport", "CTextKernels"])
    + module(
      "Tokenizers", ["CFileMappings", "COnig", "CTokenizerKernels", "CSentencePiece", "JSON", "Support"],
      testResources: [.copy("Fixtures")], testDependencies: ["ModelHub", "ReferenceExpectations"])
    + module(
      "ReferenceExpectations",
      ["ChatTemplates", "CReferenceExpectations", "CZstd", "JSON", "Support", "Tokenizers"])
    + module("ChatTemplates", ["JSON", "Support"], testResources: [.copy("Fixtures")])
    + module(
      "ColumnarFiles", ["CBrotli", "CLZ4", "CSnappy", "CZlib", "CZstd", "CFileMappings", "CTokenstats", "Support"],
      testResources: [.copy("Fixtures")])
    + module("ModelHub", ["CDeflate", "ChatTemplates", "JSON", "Support", "Tokenizers"])
    + module(
      "Datasets", ["CZlib", "CZstd", "ChatTemplates", "ColumnarFiles", "JSON", "Support", "TokenStatistics"],
      testResources: [.copy("Fixtures")])
    + module(
      "PersonaData",
      ["ChatTemplates", "ColumnarFiles", "CTextKernels", "Datasets", "JSON", "Support", "TokenStatistics"])
    + module(
      "Counting",
      [
        "ChatTemplates", "ColumnarFiles", "Datasets", "JSON", "ModelHub", "Support", "TokenStatistics", "Tokenizers",
      ], testResources: [.copy("Fixtures")])
    + module(
      "Library",
      [
        "CTokenstats", "ChatTemplates", "ColumnarFiles", "Counting", "Datasets", "JSON", "ModelHub", "Support",
        "TokenStatistics", "Tokenizers",
      ])
    + module(
      "TokenStatistics", ["Support", "JSON"], testResources: [.copy("Fixtures")])
    + module(
      "Analysis",
      [
        "ChatTemplates", "ColumnarFiles", "Counting", "Datasets", "JSON", "ModelHub", "PersonaData", "Support",
        "TokenStatistics", "Tokenizers",
      ])
    + module(
      "Histograms", ["CCairo", "CDeflate", "CPlotFonts", "Support", "TokenStatistics"],
      testResources: [.copy("Goldens")])
    + module(
      "Reports", ["CCairo", "CReportAssets", "Support", "JSON", "TokenStatistics"], settings: small,
      testResources: [.copy("Goldens")])
    + [
      // The process's entry, in C: it works without /proc and with a small stack.
      .executableTarget(name: "tokenstats", dependencies: ["StatsCLI"], path: "Sources/Program"),
      .target(
        name: "StatsCLI",
        dependencies: [
          "Analysis", "ChatTemplates", "ColumnarFiles", "Counting", "Datasets", "Histograms", "JSON",
          "ModelHub", "PersonaData", "ReferenceExpectations", "Reports", "Support", "TokenStatistics", "Tokenizers",
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: small),
      .testTarget(
        name: "StatsCLITests", dependencies: ["StatsCLI", "tokenstats", "JSON", "TestSupport"],
        exclude: ["BadInput", "Help"], swiftSettings: strict),
    ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx17
)
