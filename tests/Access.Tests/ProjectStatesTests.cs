using DataPortal.Access.Contracts;
using DataPortal.Access.Projects;
using DataPortal.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.Access.Tests;

public sealed class ProjectStatesTests
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly DateOnly LastDay = new(2027, 3, 31);

    private static readonly IReadOnlyDictionary<string, Func<Project, Refusal?>> Events = new Dictionary<string, Func<Project, Refusal?>>(StringComparer.Ordinal)
    {
        ["open"] = project => project.Open(Today),
        ["suspend"] = project => project.Suspend("overdue"),
        ["resume"] = project => project.Resume(Today),
        ["expire"] = project => project.Expire(),
        ["close"] = project => project.Close(),
    };

    private static readonly IReadOnlyDictionary<(ProjectState, string), ProjectState> Legal = new Dictionary<(ProjectState, string), ProjectState>
    {
        [(ProjectState.Pending, "open")] = ProjectState.Active,
        [(ProjectState.Active, "suspend")] = ProjectState.Suspended,
        [(ProjectState.Active, "expire")] = ProjectState.Expired,
        [(ProjectState.Suspended, "resume")] = ProjectState.Active,
        [(ProjectState.Suspended, "expire")] = ProjectState.Expired,
        [(ProjectState.Expired, "close")] = ProjectState.Closed,
    };

    private static readonly IReadOnlyDictionary<ProjectState, string[]> WayTo = new Dictionary<ProjectState, string[]>
    {
        [ProjectState.Pending] = [],
        [ProjectState.Active] = ["open"],
        [ProjectState.Suspended] = ["open", "suspend"],
        [ProjectState.Expired] = ["open", "expire"],
        [ProjectState.Closed] = ["open", "expire", "close"],
    };

    public static TheoryData<ProjectState, string> EveryStateAndEvent()
    {
        var data = new TheoryData<ProjectState, string>();
        foreach (var state in Enum.GetValues<ProjectState>())
        {
            foreach (var name in Events.Keys)
            {
                data.Add(state, name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryStateAndEvent))]
    public void An_event_moves_the_project_where_the_table_says_or_is_refused_and_changes_nothing(ProjectState state, string happening)
    {
        var project = In(state);
        var version = project.Version;
        var refusal = Events[happening](project);
        if (Legal.TryGetValue((state, happening), out var next))
        {
            Assert.Null(refusal);
            Assert.Equal(next, project.State);
            Assert.NotEqual(version, project.Version);
        }
        else
        {
            Assert.Equal("project_state", refusal?.Code);
            Assert.Equal(409, refusal?.Status);
            Assert.Equal(state, project.State);
            Assert.Equal(version, project.Version);
        }
    }

    [Fact]
    public void No_order_of_events_opens_a_project_whose_fee_is_due() => Prop.ForAll(
        Gen.Elements(Events.Keys.ToArray()).ListOf().ToArbitrary(),
        events =>
        {
            var project = Approve(Signed(ProjectContract.WithYearlyFee()));
            foreach (var happening in events)
            {
                Events[happening](project);
            }

            return project.State == ProjectState.Pending;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_agreement_and_fee_the_reason_names_both()
    {
        var project = Approve(ProjectContract.WithYearlyFee());
        var refusal = project.Open(Today);
        Assert.Equal("project_requirements_missing", refusal?.Code);
        Assert.Contains("agreement is not signed", refusal?.Message, StringComparison.Ordinal);
        Assert.Contains("fee is due", refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Pending, project.State);
    }

    [Fact]
    public void Payment_alone_does_not_open_it()
    {
        var contract = ProjectContract.WithYearlyFee();
        contract.RecordPayment(LastDay);
        Assert.Contains("agreement", Approve(contract).Open(Today)?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Agreement_and_payment_open_it()
    {
        var contract = Signed(ProjectContract.WithYearlyFee());
        contract.RecordPayment(LastDay);
        Assert.Null(Approve(contract).Open(Today));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void An_exemption_needs_its_reason(string reason) => Assert.Throws<ArgumentException>(() => ProjectContract.ExemptFromFee(reason));

    [Fact]
    public void A_day_before_it_begins_the_agreement_is_not_in_force()
    {
        var project = Approve(Signed(ProjectContract.ExemptFromFee("public funds")));
        Assert.Contains("begins on 2026-04-01", project.Open(Today.AddDays(-1))?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agreement_cannot_end_before_it_begins() =>
        Assert.Throws<ArgumentException>(() => ProjectContract.WithYearlyFee().SignAgreement(Today, Today.AddDays(-1)));

    [Fact]
    public void An_active_project_counts_as_expired_from_the_day_after_its_agreement()
    {
        var project = In(ProjectState.Active);
        Assert.Equal(ProjectState.Active, project.StateOn(LastDay).State);
        var (state, reason) = project.StateOn(LastDay.AddDays(1));
        Assert.Equal(ProjectState.Expired, state);
        Assert.Contains("ended on 2027-03-31", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_active_project_counts_as_expired_when_the_fee_runs_out_first()
    {
        var contract = Signed(ProjectContract.WithYearlyFee());
        contract.RecordPayment(Today.AddDays(10));
        var project = Approve(contract);
        Assert.Null(project.Open(Today));
        Assert.Equal(Today.AddDays(10), contract.ValidUntil);
        Assert.Equal(ProjectState.Expired, project.StateOn(Today.AddDays(11)).State);
    }

    [Fact]
    public void A_suspended_project_whose_agreement_lapsed_is_not_resumed()
    {
        var project = In(ProjectState.Suspended);
        Assert.Equal("project_requirements_missing", project.Resume(LastDay.AddDays(1))?.Code);
        Assert.Equal(ProjectState.Suspended, project.State);
    }

    [Fact]
    public void A_project_covers_every_release_or_those_named()
    {
        var every = Approve(ProjectContract.WithYearlyFee());
        Assert.True(every.Covers("anything, later ones included"));
        var named = Project.Approve("p", "P", Guid.CreateVersion7(), ProjectContract.WithYearlyFee(), ["20251024"], [1], DateTime.UnixEpoch);
        Assert.True(named.Covers("20251024"));
        Assert.False(named.Covers("20260316"));
    }

    private static Project In(ProjectState state)
    {
        var project = Approve(Signed(ProjectContract.ExemptFromFee("public funds")));
        foreach (var happening in WayTo[state])
        {
            Assert.Null(Events[happening](project));
        }

        Assert.Equal(state, project.State);
        return project;
    }

    private static ProjectContract Signed(ProjectContract contract)
    {
        contract.SignAgreement(Today, LastDay);
        return contract;
    }

    private static Project Approve(ProjectContract contract) =>
        Project.Approve("p", "P", Guid.CreateVersion7(), contract, null, [1], DateTime.UnixEpoch);
}
