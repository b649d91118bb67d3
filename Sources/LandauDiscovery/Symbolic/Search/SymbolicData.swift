public import LandauCore

/// What a formula is sought for: values of variables, values of a target, and how well those are known.
public struct SymbolicData: Sendable {
  /// A quantity that the formula may use.
  public struct Variable: Sendable {
    public var name: String
    public var values: [Double]
    /// nil where units are not looked at.
    public var dimension: PhysicalDimension?

    public init(_ name: String, _ values: [Double], dimension: PhysicalDimension? = nil) {
      self.name = name
      self.values = values
      self.dimension = dimension
    }
  }

  public let variables: [Variable]
  public let targetName: String
  public let target: [Double]
  /// One standard error of each target; empty where they are alike and unknown.
  public let errors: [Double]
  public let targetDimension: PhysicalDimension?

  /// - Parameters:
  ///   - errors: one standard error of each target; empty where they are alike and unknown.
  ///   - dimension: of the target; units are looked at where it and all variables have one.
  /// - Throws: `InputError` for fewer than eight samples, columns of different lengths, numbers that are not finite,
  ///   errors that are not positive.
  public init(
    variables: [Variable], target: [Double], name: String = "y", errors: [Double] = [],
    dimension: PhysicalDimension? = nil
  ) throws(InputError) {
    guard target.count >= 8 else {
      throw InputError("\(name) has \(target.count) values; a formula needs at least 8")
    }
    guard !variables.isEmpty else { throw InputError("\(name) has no variables to depend on") }
    for variable in variables {
      guard variable.values.count == target.count else {
        throw InputError(
          "\(variable.name) has \(variable.values.count) values, \(name) \(target.count)")
      }
      guard variable.values.allSatisfy(\.isFinite) else {
        throw InputError("\(variable.name) has values that are not finite numbers")
      }
    }
    guard target.allSatisfy(\.isFinite) else {
      throw InputError("\(name) has values that are not finite numbers")
    }
    guard errors.isEmpty || errors.count == target.count else {
      throw InputError("\(name) has \(target.count) values and \(errors.count) errors")
    }
    guard errors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw InputError("an error of \(name) is not positive and finite")
    }
    self.variables = variables
    self.targetName = name
    self.target = target
    self.errors = errors
    self.targetDimension = dimension
  }

  public var count: Int { target.count }
  public var names: [String] { variables.map(\.name) }

  /// Of the variables, where all of them and the target have one.
  var dimensions: [PhysicalDimension]? {
    let known = variables.compactMap(\.dimension)
    return targetDimension != nil && known.count == variables.count ? known : nil
  }

  /// The samples of those numbers.
  func subset(_ samples: [Int]) -> SymbolicSamples {
    SymbolicSamples(
      columns: variables.map { variable in samples.map { variable.values[$0] } },
      target: samples.map { target[$0] },
      errors: errors.isEmpty
        ? [Double](repeating: spread, count: samples.count) : samples.map { errors[$0] })
  }

  /// The standard deviation of the target: the unit of residuals whose error is not known.
  var spread: Double {
    let mean = target.reduce(0, +) / Double(count)
    let variance = target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    return variance > 0 ? variance.squareRoot() : max(abs(mean), 1)
  }
}

/// Columns of a part of the data.
struct SymbolicSamples: Sendable {
  var columns: [[Double]]
  var target: [Double]
  var errors: [Double]
  var count: Int { target.count }
}
