import LandauCore
public import LandauTensor

/// Attention between unit vectors on a lattice that moves with them: S_i turns towards the mean over j of ReLU(Q_i . K_j / sqrt 3) V_j.
///
/// Q, K and V are sums of the vectors around a site, one weight for each shell of equal distance. Weights of shells keep the
/// symmetries of the lattice; scalar products keep rotations of all vectors together.
///
/// - Note: Nagai and Tomiya, arXiv:2306.11527.
public struct SpinAttention: Layer {
  /// `[attended shell]`, from the site itself.
  public var query: Tensor
  public var key: Tensor
  public var value: Tensor
  let surroundings: SpinSurroundings

  /// Queries and keys begin with the site itself and noise, values with zero: at first spins stay as they are.
  public init(
    _ surroundings: SpinSurroundings, noise: Double = 0.1,
    using rng: inout some RandomNumberGenerator
  ) {
    self.surroundings = surroundings
    func weights(_ own: Double) -> Tensor {
      Tensor((0..<surroundings.attendedShells).map { ($0 == 0 ? own : 0) + noise * rng.normal() })
    }
    query = weights(1)
    key = weights(1)
    value = Tensor([Double](repeating: 0, count: surroundings.attendedShells))
  }

  /// - Parameter spins: `[batch, site, 3]`, of unit length.
  /// - Returns: the same shape, of unit length.
  public func callAsFunction(_ spins: Tensor) -> Tensor {
    let (batch, sites) = (spins.shape[0], spins.shape[1])
    let shells = surroundings.attendedShells
    let sums = surroundings.sums(of: spins, shells: shells)
    let mixed = matmul(stacked([query, key, value]), sums.reshaped([shells, -1]))
      .reshaped([3, sites, batch, 3])
    func part(_ index: Int) -> Tensor {
      mixed.sliced(axis: 0, index..<index + 1).squeezed(axis: 0).transposed(axes: [1, 0, 2])
    }
    let scores = matmul(part(0), part(1).transposed(axes: [0, 2, 1])) * (1 / 3.0.squareRoot())
    let attended = surroundings.attended.asType(spins.scalarType)
    let turned = spins + matmul(maximum(scores, 0) * attended, part(2))
    return turned / sqrt((turned * turned).sum(axes: [2], keepingAxes: true))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("query", &query)
    visit("key", &key)
    visit("value", &value)
  }
}

/// Who is where around each site, as matrices: constants of layers between spins on a lattice.
public struct SpinSurroundings: Sendable {
  /// `[shell * site, site]`: how many steps of a shell lead from one site to another.
  let steps: Tensor
  /// `[site, site]`: the share of the steps of all attended shells that do.
  let attended: Tensor
  public let siteCount: Int
  public let shellCount: Int
  public let attendedShells: Int

  /// - Parameters:
  ///   - shells: `shells[shell][site * count + k]`, where the steps of a shell lead to; first the site itself.
  ///   - attendedShells: how many of them are attended to.
  public init(_ shells: [[Int32]], siteCount: Int, attendedShells: Int) {
    precondition(
      (1...shells.count).contains(attendedShells), "\(attendedShells) of \(shells.count) shells")
    var steps = [Double](repeating: 0, count: shells.count * siteCount * siteCount)
    var attended = [Double](repeating: 0, count: siteCount * siteCount)
    for (shell, sites) in shells.enumerated() {
      let count = sites.count / siteCount
      for (index, other) in sites.enumerated() {
        let place = index / count * siteCount + Int(other)
        steps[shell * siteCount * siteCount + place] += 1
        if shell < attendedShells { attended[place] += 1 }
      }
    }
    let total = attended.prefix(siteCount).reduce(0, +)
    self.steps = Tensor(steps, shape: [shells.count * siteCount, siteCount])
    self.attended = Tensor(attended.map { $0 / total }, shape: [siteCount, siteCount])
    self.siteCount = siteCount
    shellCount = shells.count
    self.attendedShells = attendedShells
  }

  /// Sums over the first shells: `[batch, site, 3]` to `[shell, site, batch, 3]`.
  func sums(of spins: Tensor, shells: Int) -> Tensor {
    precondition(
      spins.rank == 3 && spins.shape[1] == siteCount && spins.shape[2] == 3,
      "spins of \(spins.type); they are [batch, \(siteCount), 3]")
    let batch = spins.shape[0]
    let columns = spins.transposed(axes: [1, 0, 2]).reshaped([siteCount, batch * 3])
    let steps = steps.sliced(axis: 0, 0..<shells * siteCount).asType(spins.scalarType)
    return matmul(steps, columns)
      .reshaped([shells, siteCount, batch, 3])
  }
}
