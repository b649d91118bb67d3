import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct RegularizationTests {
  @Test func energyByLoop() {
    let weight = numbers([3, 5], .test())
    let w = Numbers(weight)
    for power in [0.0, 1, 2] {
      for isHalfSpace in [false, true] {
        var directions = (0..<5).map { j -> [Double] in
          let norm = (0..<3).reduce(0) { $0 + w[$1, j] * w[$1, j] }.squareRoot()
          return (0..<3).map { w[$0, j] / norm }
        }
        if isHalfSpace { directions += directions.map { $0.map { -$0 } } }
        var terms: [Double] = []
        for (i, a) in directions.enumerated() {
          for (j, b) in directions.enumerated() where i < j && !(isHalfSpace && j == i + 5) {
            let squared = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let term =
              power == 0
              ? -0.5 * log(Tensor(squared)).item(Double.self)
              : pow(Tensor(squared), -power / 2).item()
            terms.append(term)
          }
        }
        let energy: Double = HypersphericalEnergy.mean(
          of: weight, power: power, isHalfSpace: isHalfSpace
        ).item()
        expectClose(energy, terms.reduce(0, +) / Double(terms.count), absolute: 1e-14)
      }
    }
  }

  /// The Thomson problem: four and six charges descend to the tetrahedron and the octahedron.
  @Test func descendsToPlatonicBodies() {
    // Pairs at distance sqrt(8/3); twelve at sqrt(2) and three at 2.
    let tetrahedron = (3.0 / 8).squareRoot()
    let octahedron = (12 / 2.0.squareRoot() + 1.5) / 15
    for (count, expected) in [(4, tetrahedron), (6, octahedron)] {
      var weight = numbers([3, count], .test(count))
      let slope = compile {
        [valueAndGradient { HypersphericalEnergy.mean(of: $0[0]) }($0).gradients[0]]
      }
      for _ in 0..<400 { weight = weight - slope([weight])[0] }
      let energy: Double = HypersphericalEnergy.mean(of: weight).item()
      expectClose(energy, expected, absolute: 1e-9)
    }
  }

  @Test func whatDecays() {
    var rng = Seed.test().makeStream()
    let model = Sequential([
      FourierFeatures(inputs: 2, count: 3, deviation: 1, using: &rng),
      LayerNormalization(width: 6), Dense(inputs: 6, outputs: 1, using: &rng),
    ])
    #expect(
      model.named.map(\.name) == [
        "0.fixedFrequencies", "1.scale", "1.offset", "2.weight", "2.bias",
      ])
    #expect(model.isTrained == [false, true, true, true, true])
    #expect(model.decays == [false, false, false, true, false])
    let weight = model.tensors[3]
    let penalty: Float = model.squaredWeights().item()
    #expect(penalty == ((weight * weight).sum() * 0.5).item())
  }

  @Test func residualAndScaled() {
    let double = Dense(weight: Tensor([2.0], shape: [1, 1]), bias: nil)
    let x = Tensor([3.0], shape: [1, 1])
    #expect(Residual(double)(x).item(Double.self) == 9)
    #expect(Residual(double, scale: 0.5)(x).item(Double.self) == 6)
    #expect(Scaled(double, by: 0.25)(x).item(Double.self) == 1.5)
  }
}
