public import LandauCore
import LandauLattice
extension IsingChain: ReportingChain, SnapshotChain {
  public var observables: [Observable] { [.energyPerSite, .order(0)] }
  public func measure(into row: inout [Double]) { row += [energyPerSite, magnetizationPerSite] }
  public var snapshotWidth: Int { model.siteCount }
  public func appendSnapshot(to array: inout [Int8]) { appendSpins(to: &array) }
  public func save(to writer: inout StateWriter) {}
  public func restore(from reader: inout StateReader) throws(InputError) {}
}
