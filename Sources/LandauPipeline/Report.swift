public import LandauCore

/// What a finished job has to say: once for people, once for programs.
public struct Report: Sendable, Hashable {
  /// The members that belong to this kind of job in the JSON object the command line prints.
  public var json: [JSONValue.Member]
  /// The same in words and tables, lines ending with a newline.
  public var text: String
  /// Paths of the files written.
  public var files: [String]
  /// 0 done, 3 disagrees with the reference, 4 stopped early with what there was.
  public var exitStatus: Int32

  public init(
    json: [JSONValue.Member], text: String, files: [String] = [], exitStatus: Int32 = 0
  ) {
    self.json = json
    self.text = text
    self.files = files
    self.exitStatus = exitStatus
  }
}
