import LandauCore

/// The instruction set that the hottest loops run on, for reports; results do not depend on it.
public enum ProcessorLevel {
  /// `baseline`, `v3` (AVX2) or `v4` (AVX-512).
  public static var current: String { "\(KernelLevel.current)" }
}
