// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Landau", path: "..")],
  targets: [
    .executableTarget(
      name: "LandauBench", dependencies: [.product(name: "Landau", package: "Landau")]),
    .executableTarget(
      name: "TensorBench", dependencies: [.product(name: "Landau", package: "Landau")]),
    .executableTarget(
      name: "NetworkParity", dependencies: [.product(name: "Landau", package: "Landau")]),
  ]
)
