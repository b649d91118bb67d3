import LandauCore
import LandauLattice
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauPipeline

@Suite struct QuantumJobTests {
  private static func options(
    _ name: QuantumModelOptions.Name, _ size: [Int], _ parameters: [QuantumParameter: [Double]],
    open: Bool = false
  ) -> QuantumModelOptions {
    var options = QuantumModelOptions(name: name)
    options.size = size
    options.parameters = parameters
    if open { options.boundary = [.open] }
    return options
  }

  private static func exact(_ options: QuantumModelOptions) throws -> [JSONValue] {
    try QuantumExactJob(options).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never
    ).json.first { $0.key == "points" }?.value.items ?? []
  }

  private static func number(_ point: JSONValue, _ name: String) -> Double {
    point[name]?.number ?? .nan
  }

  /// A longitudinal field of zero takes free fermions, one that is almost zero diagonalisation.
  @Test(arguments: [true, false])
  func `Both methods agree`(open: Bool) throws {
    let fields = [0.6, 1, 1.7]
    let free = try Self.exact(
      Self.options(.tfim, [8], [.transverseField: fields], open: open))
    let dense = try Self.exact(
      Self.options(.tfim, [8], [.transverseField: fields, .field: [1e-12]], open: open))
    #expect(free.count == 3 && dense.count == 3)
    for (a, b) in zip(free, dense) {
      for name in [
        "energyPerSite", "xPerSite", "xxPerBond", "yyPerBond", "zzPerBond", "xSquaredPerSite",
        "ySquaredPerSite", "zSquaredPerSite",
      ] {
        #expect(abs(Self.number(a, name) - Self.number(b, name)) < 1e-8, "\(name)")
      }
    }
  }

  /// In the convention of spins, energies of the Heisenberg ring of eight and of the square of sixteen.
  @Test func `Heisenberg spins`() throws {
    for (size, exact) in [([8], -3.651093408937 / 8), ([4, 4], -0.701780200527)] {
      var options = Self.options(.xxz, size, [:])
      options.isSpinHalf = true
      let point = try #require(try Self.exact(options).first)
      #expect(abs(Self.number(point, "energyPerSite") - exact) < 1e-9)
      // A singlet has no direction.
      for axis in ["x", "y", "z"] {
        #expect(abs(Self.number(point, "\(axis)PerSite")) < 1e-6)
        #expect(
          abs(Self.number(point, "\(axis)\(axis)PerBond") - Self.number(point, "xxPerBond")) < 1e-6)
      }
    }
  }

  /// Infinite chain: transverse magnetisation 2/pi at the transition; in units of S the field is half.
  @Test func `Spins of one half and Pauli matrices are one model`() throws {
    var options = Self.options(.tfim, [200], [.transverseField: [0.5]])
    options.isSpinHalf = true
    let point = try #require(try Self.exact(options).first)
    #expect(abs(Self.number(point, "xPerSite") - 1 / Double.pi) < 1e-4)
    #expect(abs(Self.number(point, "energyPerSite") + 1 / Double.pi) < 1e-4)
  }

  /// Two atoms: between 0, the even state with one excitation and both, H = diag(0, -delta, V - 2 delta) with Omega / sqrt 2 beside
  /// the diagonal. At delta = 1, V = 2, Omega = 1 the lowest level is -1/2 - (5/4)^(1/2).
  @Test func `Two Rydberg atoms`() throws {
    let energy = -0.5 - 1.25.squareRoot()
    // The sixth root of 2 is a radius for V = 2.
    for parameters: [QuantumParameter: [Double]] in [
      [.detuning: [1], .interaction: [2]], [.detuning: [1], .blockadeRadius: [1.122462048309373]],
    ] {
      let point = try #require(
        try Self.exact(Self.options(.rydberg, [2], parameters, open: true)).first)
      #expect(abs(Self.number(point, "energyPerSite") - energy / 2) < 1e-12)
      let z = Self.number(point, "zPerSite")
      #expect(abs(Self.number(point, "occupationPerSite") - (1 - z) / 2) < 1e-14)
    }
  }

  /// Interactions go the short way round a torus: moving the blockade to zero leaves free atoms, and a square of 2 x 2 has four
  /// sides and two diagonals of strength 1/8.
  @Test func `Rydberg atoms on a torus and on a square`() throws {
    let square = PauliSum.rydberg(
      try Lattice.named("square", sides: [2, 2], boundary: [.open]), rabi: 1, detuning: 0.3,
      interaction: 8)
    let pairs = square.terms.filter { $0.product.support.count == 2 }.map(\.coefficient).sorted()
    #expect(pairs.count == 6)
    for (pair, exact) in zip(pairs, [0.25, 0.25, 2, 2, 2, 2]) { #expect(abs(pair - exact) < 1e-12) }
    let ring = PauliSum.rydberg(
      try Lattice.named("chain", sides: [5]), rabi: 1, detuning: 0, interaction: 4)
    for i in 0..<5 {
      for j in i + 1..<5 {
        let distance = Double(min(j - i, 5 - j + i))
        var product = PauliSum.Product(flippedSites: SiteSet(), signedSites: SiteSet())
        product.signedSites.insert(i)
        product.signedSites.insert(j)
        let strength = try #require(ring.coefficients[product])
        #expect(
          abs(strength * distance * distance * distance * distance * distance * distance - 1)
            < 1e-12)
      }
    }
  }

  /// Without the transverse field ANNNI is classical: -J (1 - kappa) per bond, or -kappa J of two up, two down.
  @Test func `ANNNI without a field`() throws {
    for (kappa, energy) in [(0.2, -0.8), (0.8, -0.8)] {
      let point = try #require(
        try Self.exact(Self.options(.annni, [8], [.transverseField: [0], .kappa: [kappa]])).first)
      #expect(abs(Self.number(point, "energyPerSite") - energy) < 1e-10)
    }
    // Without the second coupling it is the Ising chain.
    let plain = try #require(
      try Self.exact(Self.options(.annni, [8], [.transverseField: [0.9], .kappa: [0]], open: true))
        .first)
    let ising = try #require(
      try Self.exact(Self.options(.tfim, [8], [.transverseField: [0.9]], open: true)).first)
    #expect(abs(Self.number(plain, "energyPerSite") - Self.number(ising, "energyPerSite")) < 1e-11)
    let heisenberg = try #require(try Self.exact(Self.options(.heisenberg, [8], [:])).first)
    #expect(abs(Self.number(heisenberg, "energyPerSite") + 3.651093408937 / 2) < 1e-11)
  }

  @Test func `What is not solvable says why`() throws {
    let report = try QuantumExactJob(
      Self.options(.xxz, [40], [:])
    ).run(pool: WorkerPool(), progress: .silent, cancellation: .never)
    #expect(report.json.contains { $0.key == "exact" && $0.value == .null })
    #expect(report.text.contains("40 spins"))
    let bad: [(QuantumModelOptions, String, String)] = [
      (Self.options(.tfim, [8], [:]), "z", "--transverse-field is missing"),
      (
        Self.options(.tfim, [8], [.transverseField: [1, 2], .coupling: [1, 2]]), "z",
        "scan one of them"
      ),
      (Self.options(.xxz, [8], [.transverseField: [1]]), "z", "not an option of xxz"),
      (
        Self.options(.rydberg, [8], [.detuning: [1], .interaction: [1], .blockadeRadius: [1]]), "z",
        "give one of them"
      ),
      (Self.options(.rydberg, [8], [.detuning: [1]]), "z", "--blockade-radius is missing"),
      (Self.options(.tfim, [60], [.transverseField: [1]]), "zx", "--size is 60"),
      (Self.options(.tfim, [8], [.transverseField: [1]]), "w", "--basis is w"),
      (Self.options(.tfim, [1, 4], [.transverseField: [1]]), "z", "its own neighbour"),
    ]
    for (model, basis, words) in bad {
      var options = QuantumSampleOptions(model: model)
      options.basis = basis
      do {
        _ = try QuantumSampleJob(options)
        Issue.record("accepted: \(words)")
      } catch { #expect("\(error)".contains(words), "\(error)") }
    }
  }

  /// Every basis, free fermions and diagonalisation: a bias of 0.05 in any average would be seen.
  @Test(arguments: ["x", "y", "z"])
  func `Snapshots have the exact averages`(basis: String) throws {
    for model in [
      Self.options(.tfim, [12], [.transverseField: [0.9]]),
      Self.options(.xxz, [10], [.anisotropy: [0.5]], open: true),
    ] {
      let name = "\(basis)\(basis)PerBond"
      let exact = Self.number(try #require(try Self.exact(model).first), name)
      try expectAgreement(with: exact, seed: .test(basis), minimalBias: 0.05) { seed, effort in
        var options = QuantumSampleOptions(model: model)
        options.basis = basis
        options.snapshots = 2000 * effort
        options.seed = seed.value
        let report = try QuantumSampleJob(options).run(
          pool: WorkerPool(), progress: .silent, cancellation: .never)
        let point = report.json.first { $0.key == "points" }?.value.items.first
        let value = point?[name]
        return Estimate(
          value?["value"]?.number ?? .nan, error: value?["error"]?.number ?? .nan)
      }
    }
  }

  /// What is written is what `discover` reads: the parameter, the layout, independent shots; on any number of threads.
  @Test func `Snapshots are written for discovery`() throws {
    var options = QuantumSampleOptions(
      model: Self.options(.tfim, [16], [.transverseField: [1.5, 0.5, 1]]))
    options.snapshots = 60
    var contents: [Snapshots] = []
    try withTemporaryFolder { folder in
      for threads in [1, 2] {
        let path = folder + "/t\(threads).npz"
        options.output = path
        let report = try QuantumSampleJob(options).run(
          pool: WorkerPool(threadCount: threads), progress: .silent, cancellation: .never)
        #expect(report.files == [path])
        contents.append(
          try SnapshotFile.open(path, options: .init(parameter: "transverseField")).snapshots)
      }
    }
    #expect(contents[0].values == contents[1].values)
    #expect(contents[0].parameters == [0.5, 1, 1.5])
    #expect(contents[0].siteShape == [16] && contents[0].sampleCount == 180)
    #expect(!contents[0].isSequential)
    // At the small field neighbours are alike.
    var alike = 0
    for shot in 0..<60 {
      for site in 0..<16 {
        let (here, next) = (16 * shot + site, 16 * shot + (site + 1) % 16)
        alike += contents[0].values[here] == contents[0].values[next] ? 1 : 0
      }
    }
    #expect(alike > 60 * 13)
  }
}
