import LandauCore
import LandauLattice

/// Memory for growing clusters.
final class ClusterScratch {
  let queue: UnsafeMutablePointer<Int32>
  let labels: UnsafeMutablePointer<Int32>
  let projections: UnsafeMutablePointer<Double>
  let sums: UnsafeMutablePointer<Double>

  init(siteCount: Int) {
    queue = .allocate(capacity: siteCount + 1)
    labels = .allocate(capacity: siteCount + 1)
    projections = .allocate(capacity: siteCount + 1)
    sums = .allocate(capacity: siteCount + 1)
  }

  deinit {
    queue.deallocate()
    labels.deallocate()
    projections.deallocate()
    sums.deallocate()
  }
}

extension VectorKernel {
  /// Mirrors one cluster at a random plane; returns how many spins it visited.
  ///
  /// With r the normal of the plane and x_ij = 2 beta J_ij (r . s_i)(r . s_j), a neighbour joins with probability
  /// 1 - exp(-x_ij). Without frustration all members of a cluster have positive products with each
  /// other, so that a member already mirrored never looks like one that might join. In a field every
  /// member joins the ghost spin with 1 - exp(-2 beta h (r . s_i) r_0); then the cluster is put back.
  func flipCluster(
    beta: Double, _ scratch: ClusterScratch, using generator: inout RandomStream
  ) -> Int {
    var rng = generator
    defer { generator = rng }
    let (spins, neighbours, start) = (spins, links.neighbours, links.start)
    let (queue, projections) = (scratch.queue, scratch.projections)
    let couplings = links.couplings
    let gate = ExponentialGate.shared
    let normal = V.direction(components, using: &rng)
    let root = rng.index(below: siteCount)
    let doubled = 2 * beta * links.uniform
    let ghost = 2 * beta * V.dot(field, normal)
    queue[0] = Int32(truncatingIfNeeded: root)
    projections[0] = V.dot(normal, spins[root])
    spins[root] -= (2 * projections[0]) * normal
    var head = 0
    var tail = 1
    var isHeld = false
    if ghost != 0 { isHeld = gate.opens(rng.uniform(), ghost * projections[0]) }
    while head < tail && !isHeld {
      let site = Int(queue[head])
      let own = projections[head]
      head &+= 1
      var place = Int(start[site])
      let end = Int(start[site &+ 1])
      while place < end {
        let other = Int(neighbours[place])
        let spin = spins[other]
        let projection = V.dot(normal, spin)
        let coupling = couplings.map { 2 * beta * $0[place] } ?? doubled
        place &+= 1
        let x = coupling * own * projection
        guard x > 0, gate.opens(rng.uniform(), x) else { continue }
        spins[other] = spin - (2 * projection) * normal
        queue[tail] = Int32(truncatingIfNeeded: other)
        projections[tail] = projection
        tail &+= 1
        if ghost != 0 && gate.opens(rng.uniform(), ghost * projection) {
          isHeld = true
          break
        }
      }
    }
    if isHeld {
      for member in 0..<tail {
        let site = Int(queue[member])
        spins[site] += (2 * projections[member]) * normal
      }
    }
    return tail
  }

  /// Mirrors every cluster of a random plane with probability one half; returns the sums over clusters of
  /// the squared and of the fourth power of sum_i r . s_i.
  func flipAllClusters(
    beta: Double, _ scratch: ClusterScratch, using generator: inout RandomStream
  ) -> (squares: Double, fourths: Double) {
    var rng = generator
    defer { generator = rng }
    let spins = spins
    let (labels, projections, sums) = (scratch.labels, scratch.projections, scratch.sums)
    let gate = ExponentialGate.shared
    let normal = V.direction(components, using: &rng)
    // The ghost spin is number siteCount.
    for site in 0...siteCount {
      labels[site] = Int32(truncatingIfNeeded: site)
      sums[site] = 0
    }
    for site in 0..<siteCount { projections[site] = V.dot(normal, spins[site]) }
    projections[siteCount] = 0
    let doubled = 2 * beta * links.uniform
    for index in 0..<links.bondCount {
      let bond = links.bonds[index]
      let (one, other) = (Int(bond.source), Int(bond.target))
      let coupling = links.bondCouplings.map { 2 * beta * $0[index] } ?? doubled
      if gate.opens(rng.uniform(), coupling * projections[one] * projections[other]) {
        Self.join(one, other, labels)
      }
    }
    let ghost = 2 * beta * V.dot(field, normal)
    if ghost != 0 {
      for site in 0..<siteCount where gate.opens(rng.uniform(), ghost * projections[site]) {
        Self.join(site, siteCount, labels)
      }
    }
    let held = Self.root(siteCount, labels)
    // Later the sum of a cluster makes room for its coin.
    for site in 0..<siteCount {
      let root = Self.root(site, labels)
      sums[root] += projections[site]
      labels[site] = Int32(truncatingIfNeeded: root)
    }
    var (squares, fourths) = (0.0, 0.0)
    var (coins, left) = (UInt64(0), 0)
    for root in 0...siteCount where Int(labels[root]) == root || root == siteCount {
      let square = sums[root] * sums[root]
      squares += square
      fourths += square * square
      if left == 0 {
        coins = rng.next()
        left = 64
      }
      sums[root] = root == held || coins & 1 == 0 ? 0 : 2
      coins >>= 1
      left &-= 1
    }
    for site in 0..<siteCount {
      let turn = sums[Int(labels[site])]
      if turn != 0 { spins[site] -= (turn * projections[site]) * normal }
    }
    return (squares, fourths)
  }

  /// The first site of a cluster, halving the path to it: its smallest number.
  @inline(__always)
  private static func root(_ site: Int, _ labels: UnsafeMutablePointer<Int32>) -> Int {
    var site = site
    while Int(labels[site]) != site {
      labels[site] = labels[Int(labels[site])]
      site = Int(labels[site])
    }
    return site
  }

  @inline(__always)
  private static func join(_ one: Int, _ other: Int, _ labels: UnsafeMutablePointer<Int32>) {
    let (a, b) = (root(one, labels), root(other, labels))
    labels[max(a, b)] = Int32(truncatingIfNeeded: min(a, b))
  }
}
