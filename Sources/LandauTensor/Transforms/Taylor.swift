/// Taylor coefficients of a function's values along curves through its arguments (Taylor mode, "jets").
///
/// Argument i follows x_i + series[i][0] t + series[i][1] t² + …; the values are expanded in t to `order`.
/// The k-th derivative along a straight line is k! times coefficient k. The cost grows like `order` squared;
/// nested `jvp` doubles with each order until compilation shares what is equal. Operations without a Taylor rule fall back to nested forward
/// mode.
///
/// - Parameters:
///   - series: per argument its coefficients of t, t², …, of the argument's type, equally many for all.
///   - order: the highest power of t in the results, at least 1; by default as many as are given.
/// - Returns: per value of `f` its coefficients 0, …, `order`.
/// - Note: Griewank and Walther, Evaluating Derivatives, 2nd ed. 2008, chapter 13.
public func taylor(
  _ f: ([Tensor]) -> [Tensor], _ arguments: [Tensor], series: [[Tensor]], order: Int? = nil
) -> [[Tensor]] {
  let given = series.first?.count ?? 0
  let order = order ?? given
  require(
    series.count == arguments.count && series.allSatisfy { $0.count == given },
    "taylor needs equally many coefficients for each of \(arguments.count) arguments, not \(series.map(\.count))"
  )
  require(order >= 1 && given >= 1, "taylor to order \(order) from \(given) coefficients")
  for (argument, terms) in zip(arguments, series) {
    require(
      terms.allSatisfy { $0.type == argument.type },
      "taylor coefficients \(terms.map(\.type)) for an argument of \(argument.type)")
  }
  let trace = Trace(arguments.map(\.type), f)
  let results = trace.program.taylor(arguments.count, given: given, order: order).replay(
    on: arguments + trace.captures + series.flatMap { $0 })
  let count = results.count / (order + 1)
  return (0..<count).map { value in
    let first = count + value * order
    return [results[value]] + results[first..<(first + order)]
  }
}

/// The Taylor coefficients 0, …, `order` of t ↦ f(x + t v).
///
/// - Parameter v: of the type of `x`.
public func taylorCoefficients(
  of f: (Tensor) -> Tensor, at x: Tensor, along v: Tensor, order: Int
) -> [Tensor] {
  taylor({ [f($0[0])] }, [x], series: [[v]], order: order)[0]
}
