/// Standard models; Pauli matrices, so that S = sigma/2 turns every bilinear coupling into a quarter.
extension PauliSum {
  /// H = -J sum over bonds z z' - h sum x - h_z sum z, of Ising spins in a transverse field.
  public static func transverseIsing(
    _ lattice: Lattice, coupling: Double = 1, transverseField: Double, field: Double = 0
  ) -> PauliSum {
    var sum = PauliSum(siteCount: lattice.siteCount)
    sum.add(lattice, [(-coupling, .z)])
    for site in 0..<lattice.siteCount {
      sum.add(-transverseField, [.x(site)])
      sum.add(-field, [.z(site)])
    }
    return sum
  }

  /// H = J sum over bonds (x x' + y y' + Delta z z') - h sum z, antiferromagnetic for J > 0.
  public static func xxz(
    _ lattice: Lattice, coupling: Double = 1, anisotropy: Double = 1, field: Double = 0
  ) -> PauliSum {
    var sum = PauliSum(siteCount: lattice.siteCount)
    sum.add(lattice, [(coupling, .x), (coupling, .y), (coupling * anisotropy, .z)])
    for site in 0..<lattice.siteCount { sum.add(-field, [.z(site)]) }
    return sum
  }

  /// H = J sum over bonds s.s' + D sum over bonds (x y' - y x'), Heisenberg spins with a Dzyaloshinskii-Moriya vector
  /// along z, from the source of a bond to its target.
  public static func dzyaloshinskiiMoriya(
    _ lattice: Lattice, coupling: Double = 1, antisymmetric: Double
  ) -> PauliSum {
    var sum = xxz(lattice, coupling: coupling)
    for bond in lattice.bonds where !bond.isSelfBond {
      let (i, j) = (Int(bond.source), Int(bond.target))
      sum.add(antisymmetric, [.x(i), .y(j)])
      sum.add(-antisymmetric, [.y(i), .x(j)])
    }
    return sum
  }

  /// H = -K sum z_{i-1} x_i z_{i+1} - h sum x - J sum x x', the cluster-Ising chain.
  public static func clusterIsing(
    siteCount: Int, isPeriodic: Bool, cluster: Double = 1, field: Double, coupling: Double
  ) -> PauliSum {
    var sum = PauliSum(siteCount: siteCount)
    for site in 0..<siteCount {
      sum.add(-field, [.x(site)])
      if isPeriodic || site + 1 < siteCount {
        sum.add(-coupling, [.x(site), .x((site + 1) % siteCount)])
      }
      if isPeriodic || site > 0 && site + 1 < siteCount {
        sum.add(
          -cluster, [.z((site + siteCount - 1) % siteCount), .x(site), .z((site + 1) % siteCount)])
      }
    }
    return sum
  }

  /// H = -J sum z_i z_{i+1} + kappa J sum z_i z_{i+2} - h sum x - h_z sum z, the axial next-nearest-neighbour Ising chain in a
  /// transverse field: frustrated for kappa > 0.
  public static func axialNextNearestIsing(
    siteCount: Int, isPeriodic: Bool, coupling: Double = 1, frustration: Double,
    transverseField: Double, field: Double = 0
  ) -> PauliSum {
    var sum = PauliSum(siteCount: siteCount)
    for site in 0..<siteCount {
      sum.add(-transverseField, [.x(site)])
      sum.add(-field, [.z(site)])
      for (step, strength) in [(1, -coupling), (2, frustration * coupling)] {
        let other = isPeriodic ? (site + step) % siteCount : site + step
        if other < siteCount && other != site { sum.add(strength, [.z(site), .z(other)]) }
      }
    }
    return sum
  }

  /// The same on a lattice, whose sites have places: distances are the shortest round periodic axes, in units of the
  /// shortest of all.
  ///
  /// - Precondition: a crystal.
  /// - Complexity: O(N^2).
  public static func rydberg(
    _ lattice: Lattice, rabi: Double, detuning: Double, interaction: Double
  ) -> PauliSum {
    let n = lattice.siteCount
    let places = (0..<n).map { lattice.position(of: $0)! }
    // Images round each periodic axis; one step suffices in cells that are not very skew.
    var images = [[Double](repeating: 0, count: places[0].count)]
    for (axis, period) in lattice.periods!.enumerated()
    where lattice.boundary[axis] == .periodic {
      images = images.flatMap { image in
        [-1.0, 0, 1].map { turns in zip(image, period).map { $0 + turns * $1 } }
      }
    }
    var distances: [Double] = []
    for i in 0..<n {
      for j in i + 1..<max(i + 1, n) {
        let difference = zip(places[i], places[j]).map { $1 - $0 }
        let square = images.map { image in
          zip(difference, image).reduce(0.0) { $0 + ($1.0 + $1.1) * ($1.0 + $1.1) }
        }.min()!
        distances.append(square.squareRoot())
      }
    }
    let unit = distances.min() ?? 1
    return rydberg(
      distances: distances.map { $0 / unit }, siteCount: n, rabi: rabi, detuning: detuning,
      interaction: interaction)
  }

  /// H = (Omega/2) sum x - delta sum n + sum over pairs V (a/r)^6 n n', n = (1 - z)/2: neutral atoms driven to a Rydberg
  /// state, in units of the nearest distance.
  ///
  /// - Parameter distances: of every pair i < j, in a row-major upper triangle without diagonal.
  public static func rydberg(
    distances: [Double], siteCount: Int, rabi: Double, detuning: Double, interaction: Double
  ) -> PauliSum {
    precondition(
      distances.count == siteCount * (siteCount - 1) / 2,
      "\(distances.count) distances of \(siteCount) atoms")
    var sum = PauliSum(siteCount: siteCount)
    for site in 0..<siteCount {
      sum.add(rabi / 2, [.x(site)])
      sum.add(detuning / 2, [.z(site)])
      sum.add(-detuning / 2, [])
    }
    var pair = 0
    for i in 0..<siteCount {
      for j in i + 1..<max(i + 1, siteCount) {
        let square = distances[pair] * distances[pair]
        let strength = interaction / (square * square * square) / 4
        sum.add(strength, [])
        sum.add(-strength, [.z(i)])
        sum.add(-strength, [.z(j)])
        sum.add(strength, [.z(i), .z(j)])
        pair += 1
      }
    }
    return sum
  }

  /// Adds a coupling of the same components of both ends of every bond.
  private mutating func add(_ lattice: Lattice, _ couplings: [(Double, SpinAxis)]) {
    for bond in lattice.bonds where !bond.isSelfBond {
      for (strength, axis) in couplings {
        add(strength, [Factor(axis, Int(bond.source)), Factor(axis, Int(bond.target))])
      }
    }
  }
}
