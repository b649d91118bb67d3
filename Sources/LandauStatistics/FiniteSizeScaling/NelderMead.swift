/// Minimisation without derivatives, for functions with kinks (Nelder and Mead 1965).
enum NelderMead {
  /// - Parameters:
  ///   - start: One corner of the first simplex.
  ///   - steps: The edges of the first simplex along the axes.
  ///   - tolerance: Ends when the values at the corners differ by less.
  static func minimize(
    _ start: [Double], steps: [Double], tolerance: Double, evaluationLimit: Int = 2000,
    _ function: ([Double]) -> Double
  ) -> (place: [Double], value: Double) {
    var evaluations = 0
    func corner(_ place: [Double]) -> (place: [Double], value: Double) {
      evaluations += 1
      let value = function(place)
      return (place, value.isNaN ? .infinity : value)
    }
    var simplex = [corner(start)]
    for index in start.indices {
      var place = start
      place[index] += steps[index]
      simplex.append(corner(place))
    }
    while evaluations < evaluationLimit {
      simplex.sort { $0.value < $1.value }
      let worst = simplex.last!
      if worst.value - simplex[0].value < tolerance { break }
      let rest = simplex.dropLast()
      let centre = start.indices.map { axis in
        rest.reduce(0) { $0 + $1.place[axis] } / Double(rest.count)
      }
      func along(_ factor: Double) -> (place: [Double], value: Double) {
        corner(zip(centre, worst.place).map { $0 + factor * ($0 - $1) })
      }
      let reflected = along(1)
      if reflected.value < simplex[0].value {
        let expanded = along(2)
        simplex[simplex.count - 1] = expanded.value < reflected.value ? expanded : reflected
      } else if reflected.value < simplex[simplex.count - 2].value {
        simplex[simplex.count - 1] = reflected
      } else {
        let contracted = along(reflected.value < worst.value ? 0.5 : -0.5)
        if contracted.value < min(reflected.value, worst.value) {
          simplex[simplex.count - 1] = contracted
        } else {
          let best = simplex[0].place
          for index in 1..<simplex.count {
            simplex[index] = corner(zip(best, simplex[index].place).map { ($0 + $1) / 2 })
          }
        }
      }
    }
    return simplex.min { $0.value < $1.value }!
  }
}
