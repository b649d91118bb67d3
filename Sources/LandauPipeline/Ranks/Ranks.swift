public import LandauCore

/// Processes that run one command together, numbered from 0. Messages from one rank to another arrive in the order in which they were sent.
///
/// All calls come from the thread that made it.
public protocol Ranks: AnyObject {
  var rank: Int { get }
  var count: Int { get }

  /// - Throws: `RunError` for a message that is too long.
  func send(_ bytes: [UInt8], to rank: Int) throws(RunError)

  /// The next message that has arrived, from any rank; nil where none has.
  func received() throws(RunError) -> (from: Int, bytes: [UInt8])?

  /// Waits for all ranks and lets go of them; nothing can be sent afterwards.
  func finish()
}
