public import LandauLattice

/// Pairs of spins that have looked at one another first: an effective action with layers of equivariant attention.
///
/// Each layer forms vectors Q, K, V at every site, sums over shells of the spins around it with one weight a shell, and
/// turns the spin towards what it attends to: S_i becomes the unit vector along
/// S_i + mean over attended steps j of ReLU(Q_i . K_j / sqrt 3) V_j. The last spins interact in pairs as in `PairAction`:
/// action = E0 - sum over shells of J_n sum over pairs of S_i . S_j. Weights belong to shells, so translations, rotations
/// and reflections of the lattice are kept; vectors are only added and multiplied by scalar products, so turning all spins
/// together, or mirroring them, is. Attention reaches the shells given and not the whole lattice: the action is a sum of local
/// terms, and the same weights mean the same on tori of any side.
///
/// - Note: Nagai and Tomiya, arXiv:2306.11527, where attention reaches every site and is summed, not averaged.
public struct AttentionAction: EffectiveAction {
  /// Weights of one layer, shell by shell from the site itself.
  public struct Layer: Sendable, Hashable {
    public var query: [Double]
    public var key: [Double]
    public var value: [Double]

    public init(query: [Double], key: [Double], value: [Double]) {
      precondition(
        query.count == key.count && key.count == value.count && !query.isEmpty,
        "weights of \(query.count), \(key.count) and \(value.count) shells")
      self.query = query
      self.key = key
      self.value = value
    }
  }

  public let shells: DistanceShells
  public let layers: [Layer]
  /// How many shells are attended to, the site itself included.
  public let attendedShells: Int
  /// J_1, J_2, ... of the shells after the site itself.
  public let couplings: [Double]
  public let constant: Double

  public init(
    _ shells: DistanceShells, layers: [Layer], attendedShells: Int, couplings: [Double],
    constant: Double = 0
  ) {
    precondition(
      layers.allSatisfy { $0.query.count <= shells.count } && couplings.count < shells.count
        && attendedShells <= shells.count, "more weights than the \(shells.count) shells")
    self.shells = shells
    self.layers = layers
    self.attendedShells = attendedShells
    self.couplings = couplings
    self.constant = constant
  }

  public var siteCount: Int { shells.siteCount }

  public func walker(at spins: [SIMD3<Double>]) -> AttentionWalker { AttentionWalker(self, spins) }
}

/// A walk under an `AttentionAction`.
///
/// A spin that turns changes what all spins within reach see, and after a second layer all of a small lattice; so every
/// attempt computes the action anew, in plain loops over flat arrays.
public final class AttentionWalker: EffectiveWalker {
  private let model: AttentionAction
  private let siteCount: Int
  /// Steps from each site in the order of shells, `[site * steps + k]`, and where each shell begins.
  private let steps: Int
  private let partners: UnsafeMutablePointer<Int32>
  private let begins: [Int]
  /// Spins before the first layer, after it, and so on in turn; Q, K, V of the present layer.
  private let buffers: UnsafeMutablePointer<SIMD4<Double>>
  /// Action of the present spins, and of the change asked for last.
  public private(set) var action = 0.0
  private var change: (site: Int, spin: SIMD3<Double>, action: Double) = (0, .zero, 0)

  init(_ model: AttentionAction, _ spins: [SIMD3<Double>]) {
    precondition(spins.count == model.siteCount, "\(spins.count) spins")
    let shells = model.shells
    self.model = model
    siteCount = spins.count
    var begins = [0]
    for shell in 0..<shells.count { begins.append(begins[shell] + shells.stepCount(shell)) }
    self.begins = begins
    steps = begins[shells.count]
    partners = .allocate(capacity: siteCount * steps)
    for site in spins.indices {
      for shell in 0..<shells.count {
        for (k, other) in shells.sites(of: shell, around: site).enumerated() {
          partners[site * steps + begins[shell] + k] = other
        }
      }
    }
    buffers = .allocate(capacity: 6 * siteCount)
    buffers.initialize(repeating: .zero, count: 6 * siteCount)
    for (site, spin) in spins.enumerated() { buffers[site] = SIMD4(spin, 0) }
    action = evaluate()
  }

  deinit {
    partners.deallocate()
    buffers.deallocate()
  }

  public var spins: [SIMD3<Double>] {
    (0..<siteCount).map { SIMD3(buffers[$0].x, buffers[$0].y, buffers[$0].z) }
  }

  /// - Complexity: O(sites · steps) for each layer, some microseconds at 36 sites.
  public func cost(of new: SIMD3<Double>, at site: Int) -> Double {
    let old = buffers[site]
    buffers[site] = SIMD4(new, 0)
    change = (site, new, evaluate())
    buffers[site] = old
    return change.action - action
  }

  public func accept() {
    buffers[change.site] = SIMD4(change.spin, 0)
    action = change.action
  }

  /// The action of the spins in the first buffer, which stay as they are.
  private func evaluate() -> Double {
    var input = buffers
    var output = buffers + siteCount
    let spare = buffers + 2 * siteCount
    for layer in model.layers {
      attend(from: input, to: output, layer)
      // The first buffer is kept: later layers go to and fro between the two others.
      (input, output) = (output, output == spare ? buffers + siteCount : spare)
    }
    var sum = 0.0
    for site in 0..<siteCount {
      let own = partners + site * steps
      var field = SIMD4<Double>.zero
      for (index, coupling) in model.couplings.enumerated() {
        field += coupling * shellSum(index + 1, own, input)
      }
      sum += SIMD4.dot(field, input[site])
    }
    return model.constant - sum / 2
  }

  private func attend(
    from input: UnsafeMutablePointer<SIMD4<Double>>,
    to output: UnsafeMutablePointer<SIMD4<Double>>, _ layer: AttentionAction.Layer
  ) {
    let queries = buffers + 3 * siteCount
    let (keys, values) = (queries + siteCount, queries + 2 * siteCount)
    let attended = begins[model.attendedShells]
    let scale = 1 / (3.0.squareRoot() * Double(attended))
    for site in 0..<siteCount {
      let own = partners + site * steps
      var (q, k, v) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
      for shell in layer.query.indices {
        let sum = shellSum(shell, own, input)
        q += layer.query[shell] * sum
        k += layer.key[shell] * sum
        v += layer.value[shell] * sum
      }
      queries[site] = scale * q
      keys[site] = k
      values[site] = v
    }
    for site in 0..<siteCount {
      let own = partners + site * steps
      let query = queries[site]
      var sum = input[site]
      for k in 0..<attended {
        let other = Int(own[k])
        let weight = SIMD4.dot(query, keys[other])
        if weight > 0 { sum += weight * values[other] }
      }
      output[site] = sum.unit
    }
  }

  @inline(__always)
  private func shellSum(
    _ shell: Int, _ own: UnsafeMutablePointer<Int32>, _ spins: UnsafeMutablePointer<SIMD4<Double>>
  ) -> SIMD4<Double> {
    var sum = SIMD4<Double>.zero
    for k in begins[shell]..<begins[shell + 1] { sum += spins[Int(own[k])] }
    return sum
  }
}
