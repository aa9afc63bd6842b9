import Synchronization
import Testing

@testable import Policy

@Suite struct CounterClockTests {
    @Test func timeGoesOnWithWhatNobodySets() {
        let elapsed = Atomic<Int64>(500)
        let clock = CounterClock(wall: 10_000, notBefore: nil) { elapsed.load(ordering: .relaxed) }
        #expect(clock.now() == 10_000)
        elapsed.store(800, ordering: .relaxed)
        #expect(clock.now() == 10_300)
    }

    @Test func aStartIsNeverBeforeTheNewestCall() {
        #expect(CounterClock(wall: 10_000, notBefore: 12_000) { 5 }.now() == 12_000)
        #expect(CounterClock(wall: 10_000, notBefore: 9000) { 5 }.now() == 10_000)
    }

    @Test func theRealOneNeverGoesBack() {
        let clock = CounterClock(notBefore: nil)
        var last = clock.now()
        #expect(last > 1_700_000_000_000_000_000)
        for _ in 0..<1000 {
            let now = clock.now()
            #expect(now >= last)
            last = now
        }
    }
}
