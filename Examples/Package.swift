// swift-tools-version: 6.2

import PackageDescription

// Programs that use the libraries as any other package would: as dependencies, with nothing but what is public.
let package = Package(
  name: "tokenstats-examples",
  dependencies: [
    .package(name: "tokenstats", path: "..")
  ],
  targets: [
    .executableTarget(
      name: "count-tokens",
      dependencies: [
        .product(name: "ModelHub", package: "tokenstats"), .product(name: "Tokenizers", package: "tokenstats"),
      ],
      path: "Sources/CountTokens"),
    .executableTarget(
      name: "chat-lengths",
      dependencies: [
        .product(name: "ChatTemplates", package: "tokenstats"), .product(name: "ModelHub", package: "tokenstats"),
        .product(name: "Tokenizers", package: "tokenstats"),
      ],
      path: "Sources/ChatLengths"),
  ],
  swiftLanguageModes: [.v6]
)
