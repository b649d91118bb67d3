/// A way to take a configuration to the next that is chosen by its name: links, unit vectors, scalar fields.
public protocol NamedUpdate: Sendable, Hashable {
  /// One of each kind, with its usual settings.
  static var standard: [Self] { get }
  /// As on the command line.
  var name: String { get }
  /// What was done, for the report.
  var algorithm: String { get }
  /// How trajectories are made; nil for updates without.
  var trajectorySettings: HamiltonianSettings? { get }
}

extension NamedUpdate {
  /// The update of that name with its usual settings; nil for another name.
  public init?(name: String) {
    guard let update = Self.standard.first(where: { $0.name == name }) else { return nil }
    self = update
  }

  /// Why so many reflections after a heat bath cannot be made, or nil.
  static func refusal(reflections: Int) -> String? {
    reflections < 0 ? "reflections is \(reflections); allowed: whole numbers from 0" : nil
  }
}
