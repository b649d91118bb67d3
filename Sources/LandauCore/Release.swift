/// Which version of Landau this is, as stored in every file and printed by `landau --version`.
public enum Release {
  public static let version = "0.1.0"
}
