import LandauCore
import Testing

@Suite struct CancellationTests {
  @Test func `A deadline asks by itself and follows its parent`() {
    let parent = Cancellation()
    let late = parent.orAfter(seconds: 1000)
    #expect(parent.orAfter(seconds: 0).isRequested)
    #expect(!late.isRequested && !parent.isRequested)
    parent.request()
    #expect(late.isRequested)
    #expect(throws: Interrupted.self) { try late.check() }
  }

  @Test func `A request after a deadline was set does not reach the parent`() {
    let parent = Cancellation()
    let child = parent.orAfter(seconds: 1000)
    child.request()
    #expect(child.isRequested && !parent.isRequested)
  }
}
