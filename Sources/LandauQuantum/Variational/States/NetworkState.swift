public import LandauCore
public import LandauTensor

/// A wavefunction given by any function of tensors: ln |psi| and, on request, the phase of a batch of configurations.
///
///     let state = NetworkState(siteCount: 16, network: network) { network, spins in
///       [network(spins).sum(axes: [1])]                       // ln |psi|, [batch]
///     }
///
/// Parameters are all real numbers of the network's tensors in Double, of complex ones two each. Derivatives for every sample come from
/// the pullback on a batch of samples (`vmap`).
public struct NetworkState<Network: TensorTree & Sendable>: VariationalState {
  public let siteCount: Int
  public let isPositive: Bool
  public private(set) var network: Network
  private let evaluation: @Sendable ([Tensor]) -> [Tensor]
  private let differentiation: @Sendable ([Tensor]) -> [Tensor]

  /// - Parameters:
  ///   - hasPhase: whether the function gives a phase beside ln |psi|.
  ///   - function: of spins -1 and 1, Double `[batch, site]`; gives ln |psi|, `[batch]`, and the phase, `[batch]`, where there is one. Rows must
  ///     not mix. It is traced once; what changes must be among the network's tensors.
  public init(
    siteCount: Int, network: Network, hasPhase: Bool = false,
    function: @escaping @Sendable (Network, Tensor) -> [Tensor]
  ) {
    precondition(
      (1...Self.maximumSiteCount).contains(siteCount), "\(siteCount) spins in words of 64 bits")
    for (name, tensor) in network.named {
      precondition(tensor.realType == .double, "\(name) is \(tensor.type), not of Double")
    }
    self.siteCount = siteCount
    self.network = network
    isPositive = !hasPhase
    let count = network.tensors.count
    let outputs = hasPhase ? 2 : 1
    evaluation = compile { all in
      let values = function(network.replacing(Array(all[..<count])), all[count])
      precondition(values.count == outputs, "\(values.count) values, not \(outputs)")
      return values
    }
    let flags = [Bool](repeating: false, count: count) + [true]
    differentiation = compile { all in
      vmap(
        { all in
          let own = Array(all[..<count])
          let sample = all[count].expandedDimension(at: 0)
          return (0..<outputs).flatMap { output in
            vjp(
              { [function(network.replacing($0), sample)[output]] }, own,
              cotangents: [Tensor.ones([1], type: .double)]
            ).cotangents
          }
        }, mapped: flags)(all)
    }
  }

  public var parameters: [Double] {
    get {
      network.tensors.flatMap {
        $0.withReals { (reals: UnsafeBufferPointer<Double>) in Array(reals) }
      }
    }
    set {
      var place = 0
      network = network.replacing(
        network.tensors.map { old in
          let range = place..<place + old.realCount
          place = range.upperBound
          return Tensor(like: old, Double.self) { target in
            for (k, index) in range.enumerated() { target[k] = newValue[index] }
          }
        })
      precondition(place == newValue.count, "\(newValue.count) parameters, not \(place)")
    }
  }

  /// Blocks all have the same size, so that functions are compiled once; what fills the last one up is cut off.
  private func spins(_ states: ArraySlice<UInt64>) -> Tensor {
    let filled = Array(states) + [UInt64](repeating: 0, count: StateBlocks.size - states.count)
    return Tensor(spinMatrix(filled, siteCount: siteCount), shape: [StateBlocks.size, siteCount])
  }

  public func logAmplitudes(_ states: [UInt64], pool: WorkerPool) -> [Complex<Double>] {
    let own = network.tensors
    return StateBlocks(states.count).map(pool) { range in
      let values = evaluation(own + [spins(states[range])])
      let modulus = values[0].scalars(Double.self)
      let phase = values.count > 1 ? values[1].scalars(Double.self) : nil
      return (0..<range.count).map { Complex(modulus[$0], phase?[$0] ?? 0) }
    }
  }

  public func logDerivatives(_ states: [UInt64], pool: WorkerPool) -> LogDerivatives {
    let own = network.tensors
    let (count, width) = (states.count, own.reduce(0) { $0 + $1.realCount })
    let outputs = isPositive ? 1 : 2
    var values = [Double](repeating: 0, count: outputs * count * width)
    values.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer.baseAddress!
      StateBlocks(count).forEach(pool) { range in
        let gradients = differentiation(own + [spins(states[range])])
        for output in 0..<outputs {
          var column = 0
          for k in own.indices {
            let extent = own[k].realCount
            gradients[output * own.count + k].withReals { (reals: UnsafeBufferPointer<Double>) in
              for (row, sample) in range.enumerated() {
                let place = (output * count + sample) * width + column
                for i in 0..<extent { target[place + i] = reals[row * extent + i] }
              }
            }
            column += extent
          }
        }
      }
    }
    return LogDerivatives(
      sampleCount: count, isComplex: !isPositive,
      blocks: [.columns(.init(rowCount: outputs * count, columnCount: width, values: values))])
  }
}
