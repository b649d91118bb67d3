import LandauCore
import LandauLattice

/// The spins of a chain in vectors of the width that holds them: one kernel, chosen once per sweep and not once per spin.
enum VectorSpins {
  case two(VectorKernel<SIMD2<Double>>)
  case four(VectorKernel<SIMD4<Double>>)
  case eight(VectorKernel<SIMD8<Double>>)
  case sixteen(VectorKernel<SIMD16<Double>>)

  init(_ model: VectorModel, links: VectorLinks, hasMomenta: Bool) {
    self =
      switch model.components {
      case 2: .two(VectorKernel(model, links: links, hasMomenta: hasMomenta))
      case 3, 4: .four(VectorKernel(model, links: links, hasMomenta: hasMomenta))
      case 5...8: .eight(VectorKernel(model, links: links, hasMomenta: hasMomenta))
      default: .sixteen(VectorKernel(model, links: links, hasMomenta: hasMomenta))
      }
  }

  func deallocate() {
    switch self {
    case .two(let kernel): kernel.deallocate()
    case .four(let kernel): kernel.deallocate()
    case .eight(let kernel): kernel.deallocate()
    case .sixteen(let kernel): kernel.deallocate()
    }
  }

  func randomise(using rng: inout RandomStream) {
    switch self {
    case .two(let kernel): kernel.randomise(using: &rng)
    case .four(let kernel): kernel.randomise(using: &rng)
    case .eight(let kernel): kernel.randomise(using: &rng)
    case .sixteen(let kernel): kernel.randomise(using: &rng)
    }
  }

  // MARK: Configurations

  func energy() -> Double {
    switch self {
    case .two(let kernel): kernel.energy()
    case .four(let kernel): kernel.energy()
    case .eight(let kernel): kernel.energy()
    case .sixteen(let kernel): kernel.energy()
    }
  }

  func append(to array: inout [Double]) {
    switch self {
    case .two(let kernel): kernel.append(to: &array)
    case .four(let kernel): kernel.append(to: &array)
    case .eight(let kernel): kernel.append(to: &array)
    case .sixteen(let kernel): kernel.append(to: &array)
    }
  }

  func load(_ configuration: [Double]) {
    switch self {
    case .two(let kernel): kernel.load(configuration)
    case .four(let kernel): kernel.load(configuration)
    case .eight(let kernel): kernel.load(configuration)
    case .sixteen(let kernel): kernel.load(configuration)
    }
  }

  func take(from board: VectorBoard) {
    switch self {
    case .two(let kernel): board.store(to: kernel.spins)
    case .four(let kernel): board.store(to: kernel.spins)
    case .eight(let kernel): board.store(to: kernel.spins)
    case .sixteen(let kernel): board.store(to: kernel.spins)
    }
  }

  func put(on board: VectorBoard) {
    switch self {
    case .two(let kernel): board.load(kernel.spins)
    case .four(let kernel): board.load(kernel.spins)
    case .eight(let kernel): board.load(kernel.spins)
    case .sixteen(let kernel): board.load(kernel.spins)
    }
  }

  // MARK: Updates that are the same for every width

  /// Mirrors one cluster; returns its size.
  func flipCluster(
    beta: Double, _ scratch: ClusterScratch, using rng: inout RandomStream
  ) -> Int {
    switch self {
    case .two(let kernel): kernel.flipCluster(beta: beta, scratch, using: &rng)
    case .four(let kernel): kernel.flipCluster(beta: beta, scratch, using: &rng)
    case .eight(let kernel): kernel.flipCluster(beta: beta, scratch, using: &rng)
    case .sixteen(let kernel): kernel.flipCluster(beta: beta, scratch, using: &rng)
    }
  }

  func trajectory(
    _ path: TrajectoryPath, beta: Double, using rng: inout RandomStream
  ) -> TrajectoryResult {
    switch self {
    case .two(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    case .four(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    case .eight(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    case .sixteen(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    }
  }

  func renormalise() {
    switch self {
    case .two(let kernel): kernel.renormalise()
    case .four(let kernel): kernel.renormalise()
    case .eight(let kernel): kernel.renormalise()
    case .sixteen(let kernel): kernel.renormalise()
    }
  }
}
