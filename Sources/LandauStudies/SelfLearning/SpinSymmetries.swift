import LandauLattice
import LandauMonteCarlo
import LandauNN

/// What leaves an effective action of spins on a square torus alone.
enum SpinSymmetries {
  /// The largest change of the action under a rotation and a mirror of all spins, translations, and the point group.
  static func violation(of effective: AttentionAction, at spins: [SIMD3<Double>]) -> Double {
    let own = effective.action(of: spins)
    return images(of: spins, on: effective.shells.lattice).reduce(0) {
      max($0, abs(effective.action(of: $1) - own))
    }
  }

  private static func images(
    of spins: [SIMD3<Double>], on torus: HypercubicLattice
  ) -> [[SIMD3<Double>]] {
    func moved(_ map: (Int, Int) -> (Int, Int)) -> [SIMD3<Double>] {
      var result = spins
      for site in spins.indices {
        let place = torus.coordinates(of: site)
        let image = map(place[0], place[1])
        result[torus.site(at: [image.0, image.1])] = spins[site]
      }
      return result
    }
    // A turn about (1, 1, 1) by a third, one about z with sine 3/5 and cosine 4/5, and an inversion.
    let turned = spins.map { spin in
      let other = SIMD3(spin.y, spin.z, spin.x)
      return -SIMD3(
        0.8 * other.x - 0.6 * other.y, 0.6 * other.x + 0.8 * other.y, other.z)
    }
    let elements = PointGroup.p4m.elements.indices.map { element in
      moved { x, y in
        let image = PointGroup.p4m.apply(element, to: (x, y))
        return (image.x, image.y)
      }
    }
    return [turned, moved { ($0 + 1, $1) }, moved { ($0, $1 + 2) }] + elements
  }
}
