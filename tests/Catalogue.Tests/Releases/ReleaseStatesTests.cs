using DataPortal.Catalogue.Registration;
using DataPortal.Catalogue.Releases;
using DataPortal.Kernel;
using DataPortal.Releases;

namespace DataPortal.Catalogue.Tests.Releases;

/// <summary>Every event in every state: it moves where the table says, or is refused and changes nothing.</summary>
public sealed class ReleaseStatesTests
{
    private static readonly DateTime Now = new(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Manifest Manifest = new(1, "r", 1, "portal", Now, new DateOnly(2026, 1, 1), 3, 2, 1, [], [], [], [], new Dictionary<string, int>(), []);

    private static readonly Dictionary<string, Func<ReleaseEntry, Refusal?>> ReleaseEvents = new()
    {
        ["seal"] = r => r.Seal(Manifest, new string('a', 64), Now), ["publish"] = r => r.Publish(Now), ["withdraw"] = r => r.Withdraw(Now),
    };

    private static readonly string[] ReleaseOrder = ["seal", "publish", "withdraw"];

    private static readonly Dictionary<string, Func<RegistrationRun, Refusal?>> RunEvents = new()
    {
        ["start"] = r => r.Start(Now), ["advance"] = r => r.Advance("reading", 0.5, 1), ["finish"] = r => r.Finish(3, "{}", Now), ["fail"] = r => r.Fail("x", "x", null, Now),
    };

    private static readonly Dictionary<(RegistrationState, string), RegistrationState> RunMoves = new()
    {
        [(RegistrationState.Waiting, "start")] = RegistrationState.Running, [(RegistrationState.Waiting, "fail")] = RegistrationState.Failed,
        [(RegistrationState.Running, "advance")] = RegistrationState.Running, [(RegistrationState.Running, "finish")] = RegistrationState.Done,
        [(RegistrationState.Running, "fail")] = RegistrationState.Failed,
    };

    public static TheoryData<int, string> ReleaseStatesAndEvents() => new(
        Enum.GetValues<ReleaseState>().SelectMany(s => ReleaseEvents.Keys.Select(e => ((int)s, e))));

    public static TheoryData<int, string> RunStatesAndEvents() => new(
        Enum.GetValues<RegistrationState>().SelectMany(s => RunEvents.Keys.Select(e => ((int)s, e))));

    [Theory]
    [MemberData(nameof(ReleaseStatesAndEvents))]
    public void A_release_moves_forward_one_step_at_a_time(int state, string happening)
    {
        var release = ReleaseEntry.Draft("r", "portal", Now);
        foreach (var earlier in ReleaseOrder.Take(state))
            Assert.Null(ReleaseEvents[earlier](release));
        var version = release.Version;
        var refusal = ReleaseEvents[happening](release);
        var legal = Array.IndexOf(ReleaseOrder, happening) == state;
        Assert.Equal(legal ? null : "release_state", refusal?.Code);
        Assert.Equal((ReleaseState)(legal ? state + 1 : state), release.State);
        Assert.Equal(legal, version != release.Version);
    }

    [Theory]
    [MemberData(nameof(RunStatesAndEvents))]
    public void A_registration_ends_once(int stateNumber, string happening)
    {
        var state = (RegistrationState)stateNumber;
        var run = RegistrationRun.Accept(Guid.CreateVersion7(), "portal", "r", false, Guid.CreateVersion7(), Now);
        foreach (var earlier in state switch { RegistrationState.Waiting => (string[])[], RegistrationState.Running => ["start"], RegistrationState.Done => ["start", "finish"], _ => ["start", "fail"] })
            Assert.Null(RunEvents[earlier](run));
        var refusal = RunEvents[happening](run);
        var legal = RunMoves.TryGetValue((state, happening), out var next);
        Assert.Equal(legal ? null : "registration_state", refusal?.Code);
        Assert.Equal(legal ? next : state, run.State);
    }
}
