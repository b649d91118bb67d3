// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built with the same strictness: imports are private unless they say otherwise,
/// members are visible only through modules a file imports itself, existentials are spelled `any`.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// One room of the house: its name and the rooms below it that it may import.
func room(_ name: String, _ dependencies: [String] = [], libm: Bool = true) -> Target {
  .target(
    name: name,
    dependencies: dependencies.map { .byName(name: $0) },
    swiftSettings: strict,
    linkerSettings: libm ? [.linkedLibrary("m", .when(platforms: [.linux]))] : [])
}

func tests(_ name: String, _ dependencies: [String], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: ([name, "LandauTestSupport"] + dependencies).map { .byName(name: $0) },
    exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "Landau",
  products: [
    .library(name: "Landau", targets: ["Landau"]),
    .executable(name: "landau", targets: ["LandauCLI"]),
  ],
  targets: [
    // Layer 0: C.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .target(name: "CLandauKernels", cSettings: [.define("NDEBUG")]),
    // Layer 0: header libraries in C++ (libgudhi-dev, libnanoflann-dev) behind functions in C.
    .target(name: "CGudhi"),
    .target(name: "CNanoflann"),

    // Layer 1.
    room("LandauCore", ["CLandauKernels"]),
    room("LandauLinearAlgebra", ["LandauCore", "COpenBLAS", "CFFTW"]),

    // Layer 2.
    room("LandauStatistics", ["LandauCore", "LandauLinearAlgebra"]),
    room("LandauLattice", ["LandauCore", "LandauLinearAlgebra"]),
    room("LandauTensor", ["CLandauKernels", "LandauCore", "LandauLinearAlgebra"]),

    // Layer 3.
    room("LandauExact", ["LandauCore", "LandauLinearAlgebra", "LandauLattice"]),
    room(
      "LandauMonteCarlo", ["CLandauKernels", "LandauCore", "LandauLattice", "LandauStatistics"]),
    room("LandauNN", ["CLandauKernels", "LandauCore", "LandauLinearAlgebra", "LandauTensor"]),

    // Layer 4.
    room(
      "LandauDiscovery",
      [
        "CGudhi", "CNanoflann", "LandauCore", "LandauLinearAlgebra", "LandauStatistics",
        "LandauLattice", "LandauTensor",
        "LandauNN",
      ]),
    room(
      "LandauQuantum",
      [
        "LandauCore", "LandauLinearAlgebra", "LandauStatistics", "LandauLattice", "LandauTensor",
        "LandauExact", "LandauMonteCarlo", "LandauNN",
      ]),
    room("LandauStore", ["CHDF5", "CZip", "LandauCore"]),
    room("LandauPlot", ["LandauCore"]),

    // Layer 5.
    room(
      "LandauPipeline",
      [
        "LandauCore", "LandauStatistics", "LandauLattice", "LandauTensor", "LandauExact",
        "LandauMonteCarlo", "LandauNN", "LandauDiscovery", "LandauQuantum", "LandauStore",
        "LandauPlot",
      ]),

    // Layer 6.
    room(
      "LandauStudies",
      [
        "LandauCore", "LandauLinearAlgebra", "LandauStatistics", "LandauLattice", "LandauTensor",
        "LandauExact", "LandauMonteCarlo", "LandauNN", "LandauDiscovery", "LandauQuantum",
        "LandauPlot", "LandauPipeline",
      ]),
    room(
      "Landau",
      [
        "LandauCore", "LandauLinearAlgebra", "LandauStatistics", "LandauLattice", "LandauTensor",
        "LandauExact", "LandauMonteCarlo", "LandauNN", "LandauDiscovery", "LandauQuantum",
        "LandauStore", "LandauPlot", "LandauPipeline",
      ]),

    // Layers 7 and 8.
    room("LandauCommand", ["LandauCore", "LandauPipeline", "LandauStudies"]),
    .executableTarget(name: "LandauCLI", dependencies: ["LandauCommand"], swiftSettings: strict),

    // Examples: what a reader of the manual runs and changes.
    .executableTarget(
      name: "first-network", dependencies: ["Landau"], path: "Examples/01-first-network",
      swiftSettings: strict),

    // Tests mirror the sources.
    .target(
      name: "LandauTestSupport",
      dependencies: ["LandauCore", "LandauStatistics"],
      path: "Tests/LandauTestSupport",
      swiftSettings: strict),
    tests("LandauCore", ["LandauStatistics"]),
    tests("LandauLinearAlgebra", ["LandauCore"]),
    tests("LandauStatistics", ["LandauCore"]),
    tests("LandauLattice", ["LandauCore"]),
    tests("LandauTensor", ["CLandauKernels", "LandauCore", "LandauLinearAlgebra"]),
    tests(
      "LandauExact",
      ["LandauCore", "LandauLattice", "LandauLinearAlgebra", "LandauStatistics", "LandauStore"]),
    tests(
      "LandauMonteCarlo",
      [
        "CLandauKernels", "LandauCore", "LandauLattice", "LandauExact", "LandauStatistics",
        "LandauStore",
      ]),
    tests("LandauNN", ["CLandauKernels", "LandauCore", "LandauLinearAlgebra", "LandauTensor"]),
    tests(
      "LandauDiscovery",
      [
        "CGudhi", "CNanoflann", "LandauCore", "LandauLattice", "LandauExact", "LandauMonteCarlo",
        "LandauNN", "LandauStatistics", "LandauStore", "LandauTensor",
      ]),
    tests(
      "LandauQuantum",
      [
        "LandauCore", "LandauLinearAlgebra", "LandauLattice", "LandauExact", "LandauMonteCarlo",
        "LandauNN", "LandauStatistics", "LandauStore", "LandauTensor",
      ]),
    tests("LandauStore", ["LandauCore"], exclude: ["Golden"]),
    tests("LandauPlot", ["LandauCore"], exclude: ["Golden"]),
    tests(
      "LandauPipeline",
      [
        "LandauCore", "LandauDiscovery", "LandauLattice", "LandauMonteCarlo", "LandauNN",
        "LandauQuantum", "LandauStore", "LandauTensor",
      ]),
    tests(
      "LandauStudies",
      [
        "LandauCore", "LandauStatistics", "LandauLattice", "LandauTensor", "LandauExact",
        "LandauMonteCarlo", "LandauNN", "LandauDiscovery", "LandauPipeline",
      ]),
    tests(
      "LandauCommand", ["LandauCore", "LandauPipeline", "LandauStore"], exclude: ["Golden"]),
  ],
  cxxLanguageStandard: .cxx17
)
