import LandauCore
import LandauDiscovery
import LandauTestSupport
import Testing

@Suite struct UnsupervisedPageTests {
  @Test func `The page's code runs`() throws {
    try expectPageShowsCode("unsupervised.md", minimum: 20)
    var rng = Seed.test().makeStream()
    let pool = WorkerPool()
    // Independent spins that turn as the parameter grows.
    let snapshots = Snapshots(
      siteShape: [4, 4], channels: ["spin"],
      values: (0..<6 * 40 * 16).map { rng.uniform() < Double($0 / 640) / 5 ? 1 : -1 },
      parameterName: "p", parameters: (0..<6).map(Double.init),
      parameterIndex: (0..<6).flatMap { [Int32](repeating: $0, count: 40) },
      chain: (0..<6).flatMap { _ in (0..<40).map(Int32.init) }, isSequential: false,
      boundary: .periodic)
    let first = SampleMatrix((0..<300).map { _ in rng.normal() }, rowCount: 300, columnCount: 1)
    let second = SampleMatrix((0..<300).map { _ in rng.normal() }, rowCount: 300, columnCount: 1)
    let firstChain = (0..<300).map { $0 / 50 }
    let secondChain = firstChain
    let picture = [0.0, 0, 0, 0, 1, 0, 0, 0, 0]

    let look = try UnsupervisedLook(snapshots, seed: Seed(1))
    let share = look.explainedVariance[0]  // of the leading component, with its error
    let noise = look.noiseFloor  // what independent noise of this size would reach
    let overlap = look.uniformOverlap  // 1 where the leading component is a magnetisation
    let count = look.clusterCount  // by Schwarz's criterion
    let place = look.change?.location  // where samples pass from cluster to cluster fastest
    let words = look.summary  // all this in sentences
    #expect(words.count >= 3)
    #expect(overlap > 0.95 && share.value > noise)
    #expect((count > 1) == (place != nil))

    let matrix = SampleMatrix(snapshots)
    let components = try PrincipalComponents(matrix, count: 8)
    let floor = MarchenkoPastur(noiseOf: components).upperEdge
    let coordinates = components.projected(matrix)
    let map = try DiffusionMap(coordinates, count: 3)
    let clusters = KMeans(coordinates, clusterCount: 3, restarts: 5, using: &rng)
    let mixture = GaussianMixture.selection(coordinates, componentCounts: 1...4, using: &rng).best
    #expect(components.variances[0] > floor)
    #expect(map.eigenvalues[0] < 1 && clusters.status == .converged)
    #expect(mixture.componentCount >= 1)

    let seeder = KMeansSeeder(matrix)
    let exact = seeder.seeds(3, by: .rejection(trials: nil), using: &rng)
    let cheap = seeder.seeds(3, by: .rejection(trials: 20), using: &rng)
    #expect(Set(exact.rows).count == 3 && cheap.rows.count == 3)

    let ratios = NeighborRatios(of: first, to: second, pool: pool)
    let information = ratios.estimate(.kullbackLeibler)
    let renyi = ratios.estimate(.renyi(order: 0.5))
    let hellinger = ratios.estimate(.squaredHellinger, blocks: (firstChain, secondChain))
    #expect(information.value < 0.2 && renyi.value < 0.2 && hellinger.value < 0.1)

    let diagram = snapshots.persistence(ofSample: 0, filtration: .wallDistance)
    let betti = diagram.bettiNumbers(at: -0.5, upTo: 2)
    let entropy = diagram.entropy(dimension: 1)
    #expect(betti[0] > 0 && entropy >= 0)
    let annulus = PersistenceDiagram(of: picture, shape: [3, 3], isPeriodic: false)
    #expect(annulus.bettiNumbers(at: 0, upTo: 1) == [1, 1])
  }
}
