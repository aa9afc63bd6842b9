import BuildAPI
@testable import BuildService
import Testing

@Suite struct JobMachineTests {
    private static let events: [JobMachine.Event] = [
        .start, .cancel, .queueTimeOver, .ended(attempt: 1, .succeeded), .handedBack(attempt: 1), .lost(most: 3),
    ]

    @Test func `a queued job starts, is cancelled, or waits too long`() {
        var machine = JobMachine()
        #expect(machine.handle(.start) == .run(attempt: 1))
        #expect(machine.state == .running)

        machine = JobMachine()
        #expect(machine.handle(.cancel) == .finish(.cancelled))
        #expect(machine.state == .cancelled)

        machine = JobMachine()
        #expect(machine.handle(.queueTimeOver) == .finish(.queueTime))
        #expect(machine.state == .stopped)
    }

    @Test(arguments: JobState.allCases.filter(\.isEnd))
    func `what has ended stays as it is, whatever happens`(state: JobState) {
        for event in Self.events {
            var machine = JobMachine(state: state, attempt: 1)
            #expect(machine.handle(event) == .nothing)
            #expect(machine == JobMachine(state: state, attempt: 1))
        }
    }

    @Test(arguments: [
        JobMachine.Event.ended(attempt: 1, .succeeded), .handedBack(attempt: 1), .lost(most: 3),
    ])
    func `what only a running job can meet changes no queued one`(event: JobMachine.Event) {
        var machine = JobMachine()
        #expect(machine.handle(event) == .nothing)
        #expect(machine == JobMachine())
    }

    @Test func `an end counts for its own attempt only, and once`() {
        var machine = JobMachine(state: .running, attempt: 2)
        #expect(machine.handle(.ended(attempt: 1, .succeeded)) == .nothing)
        #expect(machine.handle(.ended(attempt: 2, .running)) == .nothing)
        #expect(machine.handle(.ended(attempt: 2, .failed)) == .finish(.build))
        #expect(machine.state == .failed)
        #expect(machine.handle(.ended(attempt: 2, .succeeded)) == .nothing)
        #expect(machine.state == .failed)
    }

    @Test func `a job is started at most as often as attempts may be lost`() {
        var machine = JobMachine()
        for attempt in 1...2 {
            #expect(machine.handle(.start) == .run(attempt: attempt))
            #expect(machine.handle(.lost(most: 3)) == .queueAgain)
        }
        #expect(machine.handle(.start) == .run(attempt: 3))
        #expect(machine.handle(.lost(most: 3)) == .finish(.attemptsExhausted))
        #expect(machine.state == .error)
    }

    @Test func `an attempt that the service gave up itself is not counted`() {
        var machine = JobMachine()
        for attempt in 1...10 {
            #expect(machine.handle(.start) == .run(attempt: attempt))
            #expect(machine.handle(.handedBack(attempt: attempt)) == .queueAgain)
        }
        #expect(machine.lost == 0)
    }

    @Test(arguments: [JobMachine.Event.handedBack(attempt: 1), .lost(most: 3), .lost(most: 1)])
    func `a job that was asked to end does not run again`(event: JobMachine.Event) {
        var machine = JobMachine()
        #expect(machine.handle(.start) == .run(attempt: 1))
        #expect(machine.handle(.cancel) == .stop(attempt: 1))
        #expect(machine.handle(.cancel) == .nothing)
        #expect(machine.handle(event) == .finish(.cancelled))
        #expect(machine.state == .cancelled)
    }

    @Test func `a build that ended before it could be cancelled keeps its own end`() {
        var machine = JobMachine(state: .running, attempt: 1)
        #expect(machine.handle(.cancel) == .stop(attempt: 1))
        #expect(machine.handle(.ended(attempt: 1, .succeeded)) == .finish(.build))
        #expect(machine.state == .succeeded)
    }

    @Test func `however events come, a job ends at most once and never leaves its end`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var machine = JobMachine()
            var ends = 0
            for _ in 0..<12 {
                let attempt = Int.random(in: 0...3, using: &generator)
                let event = [
                    .start, .cancel, .queueTimeOver, .ended(attempt: attempt, .failed), .handedBack(attempt: attempt),
                    JobMachine.Event.lost(most: 3),
                ].randomElement(using: &generator)!
                if case .finish = machine.handle(event) { ends += 1 }
                #expect((ends == 1) == machine.state.isEnd)
            }
            #expect(ends <= 1)
        }
    }
}
