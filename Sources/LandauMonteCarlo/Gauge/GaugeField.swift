import LandauCore
import LandauLattice

/// The links of any of the groups: one kernel, chosen once per sweep and not once per link.
enum GaugeField {
  case u1(GaugeKernel<CirclePhase>)
  case su2(GaugeKernel<Quaternion>)
  case su3(GaugeKernel<ThreeByThree>)

  init(_ model: GaugeModel, hasMomenta: Bool) {
    self =
      switch model.group {
      case .u1: .u1(GaugeKernel(model, hasMomenta: hasMomenta))
      case .su2: .su2(GaugeKernel(model, hasMomenta: hasMomenta))
      case .su3: .su3(GaugeKernel(model, hasMomenta: hasMomenta))
      }
  }

  func deallocate() {
    switch self {
    case .u1(let kernel): kernel.deallocate()
    case .su2(let kernel): kernel.deallocate()
    case .su3(let kernel): kernel.deallocate()
    }
  }

  func randomise(using rng: inout RandomStream) {
    switch self {
    case .u1(let kernel): kernel.randomise(using: &rng)
    case .su2(let kernel): kernel.randomise(using: &rng)
    case .su3(let kernel): kernel.randomise(using: &rng)
    }
  }

  func energy() -> Double {
    switch self {
    case .u1(let kernel): kernel.energy()
    case .su2(let kernel): kernel.energy()
    case .su3(let kernel): kernel.energy()
    }
  }

  func heatBath(beta: Double, using rng: inout RandomStream) {
    switch self {
    case .u1(let kernel): kernel.heatBath(beta: beta, using: &rng)
    case .su2(let kernel): kernel.heatBath(beta: beta, using: &rng)
    case .su3(let kernel): kernel.heatBath(beta: beta, using: &rng)
    }
  }

  func reflect() {
    switch self {
    case .u1(let kernel): kernel.reflect()
    case .su2(let kernel): kernel.reflect()
    case .su3(let kernel): kernel.reflect()
    }
  }

  func metropolis(beta: Double, step: Double, using rng: inout RandomStream) -> Int {
    switch self {
    case .u1(let kernel): kernel.metropolis(beta: beta, step: step, using: &rng)
    case .su2(let kernel): kernel.metropolis(beta: beta, step: step, using: &rng)
    case .su3(let kernel): kernel.metropolis(beta: beta, step: step, using: &rng)
    }
  }

  func trajectory(
    _ path: TrajectoryPath, beta: Double, using rng: inout RandomStream
  ) -> TrajectoryResult {
    switch self {
    case .u1(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    case .su2(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    case .su3(let kernel): kernel.trajectory(path, beta: beta, using: &rng)
    }
  }

  func unitarise() {
    switch self {
    case .u1(let kernel): kernel.unitarise()
    case .su2(let kernel): kernel.unitarise()
    case .su3(let kernel): kernel.unitarise()
    }
  }

  func append(to array: inout [Double]) {
    switch self {
    case .u1(let kernel): kernel.append(to: &array)
    case .su2(let kernel): kernel.append(to: &array)
    case .su3(let kernel): kernel.append(to: &array)
    }
  }

  func load(_ numbers: [Double]) {
    switch self {
    case .u1(let kernel): kernel.load(numbers)
    case .su2(let kernel): kernel.load(numbers)
    case .su3(let kernel): kernel.load(numbers)
    }
  }

  func measure(_ plan: GaugeMeasurements, into row: inout [Double]) {
    switch self {
    case .u1(let kernel): plan.measure(kernel, into: &row)
    case .su2(let kernel): plan.measure(kernel, into: &row)
    case .su3(let kernel): plan.measure(kernel, into: &row)
    }
  }
}
