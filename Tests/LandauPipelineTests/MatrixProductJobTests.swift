import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauPipeline

/// `landau exact` and `landau sample` with matrix products.
@Suite struct MatrixProductJobTests {
  private static func options(
    _ name: QuantumModelOptions.Name, _ size: Int, _ parameters: [QuantumParameter: [Double]],
    method: QuantumMethod? = nil, boundary: ModelOptions.Boundary = .open
  ) -> QuantumModelOptions {
    var options = QuantumModelOptions(name: name)
    options.size = [size]
    options.parameters = parameters
    options.boundary = [boundary]
    options.method = method
    return options
  }

  private static func exact(_ options: QuantumModelOptions) throws -> Report {
    try QuantumExactJob(options).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never)
  }

  private static func points(_ report: Report) -> [JSONValue] {
    report.json.first { $0.key == "points" }?.value.items ?? []
  }

  private static func number(_ point: JSONValue, _ name: String) -> Double {
    point[name]?.number ?? .nan
  }

  /// One model by every method: all quantities, in the ordered phase, where the search ends in a mixture, too.
  @Test func `All methods agree`() throws {
    let parameters: [QuantumParameter: [Double]] = [.transverseField: [0.5, 1, 1.6]]
    let runs = try QuantumMethod.allCases.map {
      Self.points(try Self.exact(Self.options(.tfim, 12, parameters, method: $0)))
    }
    let names =
      ["energyPerSite", "gap"]
      + ["x", "y", "z"].flatMap {
        ["\($0)PerSite", "\($0)\($0)PerBond", "\($0)SquaredPerSite"]
      }
    for point in 0..<3 {
      for run in runs.dropFirst() {
        for name in names {
          let (a, b) = (Self.number(run[point], name), Self.number(runs[0][point], name))
          #expect(abs(a - b) < 1e-5, "\(name) at \(point): \(a), \(b)")
        }
      }
      #expect(runs[2][point]["parity"] == .integer(1))
      #expect(runs[2][point]["converged"] == .bool(true))
      #expect(runs[0][point]["converged"] == nil)
    }
  }

  /// Chains that nothing else reaches here: `annni` without frustration is the Ising chain of free fermions.
  @Test(.slow) func `Long chains`() throws {
    let fields = [0.5, 1.5]
    let report = try Self.exact(
      Self.options(.annni, 40, [.transverseField: fields, .kappa: [0]]))
    let free = Self.points(try Self.exact(Self.options(.tfim, 40, [.transverseField: fields])))
    for (a, b) in zip(Self.points(report), free) {
      #expect(a["method"] == .string("matrix products (two-site DMRG, White 1992)"))
      for name in ["energyPerSite", "xPerSite", "zzPerBond", "zSquaredPerSite", "yyPerBond"] {
        #expect(abs(Self.number(a, name) - Self.number(b, name)) < 1e-6, "\(name)")
      }
      #expect(abs(Self.number(a, "zPerSite")) < 1e-6)
    }
    // 2^-40 is below what can be told apart.
    #expect(report.text.contains("the even one is taken"))
    #expect(report.text.contains("states per bond"))
    let warnings = Self.points(report).map { $0["warnings"]?.items.count }
    #expect(warnings == [1, 0])
  }

  /// A ring and a strip with its ends joined across: one search along the numbers of the sites.
  @Test func `Rings and strips agree with other methods`() throws {
    let fields: [QuantumParameter: [Double]] = [.transverseField: [0.6, 1, 1.5]]
    func ring(_ method: QuantumMethod) throws -> [JSONValue] {
      Self.points(
        try Self.exact(Self.options(.tfim, 14, fields, method: method, boundary: .periodic)))
    }
    func strip(_ method: QuantumMethod) throws -> [JSONValue] {
      var options = Self.options(.xxz, 0, [.anisotropy: [0.7]], method: method)
      options.lattice = .square
      options.size = [4, 3]
      options.boundary = [.open, .periodic]
      return Self.points(try Self.exact(options))
    }
    for (found, known) in [
      (try ring(.matrixProduct), try ring(.diagonalization)),
      (try strip(.matrixProduct), try strip(.diagonalization)),
    ] {
      #expect(found.count == known.count && !found.isEmpty)
      for (a, b) in zip(found, known) {
        #expect(a["converged"] == .bool(true))
        for name in [
          "energyPerSite", "gap", "xPerSite", "zzPerBond", "xxPerBond", "zSquaredPerSite",
        ] {
          let (one, other) = (Self.number(a, name), Self.number(b, name))
          #expect(abs(one - other) < 1e-5, "\(name): \(one), \(other)")
        }
      }
    }
  }

  @Test func `Unconverged states are said to be such`() throws {
    var options = Self.options(.xxz, 26, [:])
    options.bondDimension = 3
    let report = try Self.exact(options)
    #expect(report.text.contains("not converged") && report.text.contains("--bond-dimension"))
    #expect(Self.points(report).first?["converged"] == .bool(false))
  }

  @Test func `Methods that cannot are refused`() throws {
    let bad: [(QuantumModelOptions, String)] = [
      (Self.options(.xxz, 12, [:], method: .freeFermions), "no free fermions"),
      (Self.options(.xxz, 30, [:], method: .diagonalization), "ends at 24"),
      (Self.options(.xxz, 300, [:], method: .matrixProduct), "end at 256"),
    ]
    for (options, words) in bad {
      #expect {
        _ = try QuantumExactJob(options)
      } throws: {
        "\($0)".contains("--method") && "\($0)".contains(words)
      }
      #expect {
        _ = try QuantumSampleJob(QuantumSampleOptions(model: options))
      } throws: {
        "\($0)".contains("--method") && "\($0)".contains(words)
      }
    }
  }

  /// Means of snapshots against those of the state, along one axis and along two; a bias of 0.02 in the occupation would be seen.
  @Test(.slow, arguments: ["z", "x", "y"])
  func `Snapshots have the averages of the state`(basis: String) throws {
    let model = Self.options(.rydberg, 30, [.detuning: [1], .blockadeRadius: [1.3]])
    let name = "\(basis)SquaredPerSite"
    let exact = Self.number(try #require(Self.points(try Self.exact(model)).first), name)
    try expectAgreement(with: exact, seed: .test(basis), minimalBias: 0.02) { seed, effort in
      var options = QuantumSampleOptions(model: model)
      options.basis = basis
      options.snapshots = 2000 * effort
      options.seed = seed.value
      let report = try QuantumSampleJob(options).run(
        pool: WorkerPool(), progress: .silent, cancellation: .never)
      let value = Self.points(report).first?[name]
      return Estimate(value?["value"]?.number ?? .nan, error: value?["error"]?.number ?? .nan)
    }
  }

  /// Mixed axes of chains beyond diagonalisation: z and x in turn of the cluster chain.
  @Test func `Mixed axes of long chains`() throws {
    var options = QuantumSampleOptions(
      model: Self.options(.clusterIsing, 31, [.coupling: [0.1], .field: [0.1]]))
    options.basis = "zx"
    options.snapshots = 40
    let runs = try [1, 2].map {
      try QuantumSampleJob(options).run(
        pool: WorkerPool(threadCount: $0), progress: .silent, cancellation: .never)
    }
    #expect(runs[0].json == runs[1].json && runs[0].text == runs[1].text)
    #expect(runs[0].text.contains("spin"))
  }
}
