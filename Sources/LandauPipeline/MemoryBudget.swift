import LandauCore
import LandauStore

/// Refuses a job that needs more memory than there is, before it starts.
enum MemoryBudget {
  /// - Throws: `InputError` naming the option that decides how much is needed.
  static func require(_ bytes: Double, for option: String, _ value: String) throws(InputError) {
    let available = Double(MachineMemory.available)
    guard bytes > available else { return }
    throw InputError(
      "\(option) is \(value), which needs \(words(bytes)) of memory; "
        + "the machine has \(words(available)) free")
  }

  /// `1.5 GB`
  static func words(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (bytes, 0)
    while value >= 1000 && unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return Estimate.fixed(value, digits: value < 10 && unit > 0 ? 1 : 0) + " " + units[unit]
  }
}
