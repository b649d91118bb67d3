/// What `landau study` is asked for.
public struct StudyOptions: Sendable, Hashable {
  /// nil lists the studies.
  public var name: String?
  public var isQuick = false
  public var seed: UInt64 = 1
  /// The folder of data sets, for studies that read some.
  public var dataFolder: String?
  /// The folder for the figure and the numbers; `landau-study-NAME` where it is nil.
  public var output: String?

  public init(name: String? = nil) { self.name = name }
}
