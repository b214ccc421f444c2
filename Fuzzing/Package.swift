// swift-tools-version: 6.2

import PackageDescription

// A package of its own, because all of it is built with libFuzzer and sanitizers; see fuzz.sh.
let package = Package(
  name: "tokenstats-fuzzing",
  dependencies: [.package(name: "tokenstats", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "FuzzTargets", package: "tokenstats")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ],
  swiftLanguageModes: [.v6]
)
