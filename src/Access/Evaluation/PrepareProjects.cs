using DataPortal.Access.Contracts;
using DataPortal.Access.Organisations;
using DataPortal.Access.Pledges;
using DataPortal.Access.Projects;
using DataPortal.Access.Trainings;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Access.Evaluation;

/// <summary>Evaluation mode's projects: one exempt from the fee, one paid, one that owes it, one for reading summaries. All cover every release.</summary>
internal sealed class PrepareProjects(RunMode mode, TimeProvider clock, ProjectKeys keys) : IEvaluationSetup
{
    private const DataPermission Everything = DataPermission.Summary | DataPermission.Records | DataPermission.Download;

    private static readonly DemoProject[] Projects =
    [
        new("researcher", "kras-outcomes", "Treatment and survival in KRAS-mutated solid tumours", "Demo University", OrganisationKind.Academic, Everything,
            Exemption: "Academic research on public funds", IsPaid: false),
        new("pharma", "target-discovery", "Frequency of actionable alterations for trial planning", "Demo Pharma", OrganisationKind.Company, Everything,
            Exemption: null, IsPaid: true),
        new("unpaid", "trial-feasibility", "Feasibility of a basket trial", "Demo Biotech", OrganisationKind.Company, Everything,
            Exemption: null, IsPaid: false),
        new("summary", "panel-statistics", "Yearly statistics of panel tests", "Demo Institute of Statistics", OrganisationKind.Academic, DataPermission.Summary,
            Exemption: "Public statistics commissioned by a ministry", IsPaid: false),
    ];

    public int Order => 200;

    public async Task PrepareAsync(EvaluationContext context, CancellationToken ct)
    {
        if (!mode.IsEvaluation)
        {
            throw new InvalidOperationException("Demo projects exist in evaluation mode only.");
        }

        var db = context.Services.GetRequiredService<PortalDb>();
        var trail = context.Services.GetRequiredService<AuditTrail>();
        var accounts = context.Services.GetRequiredService<IDemoAccounts>();
        foreach (var demo in Projects)
        {
            if (!await db.Set<Project>().AnyAsync(p => p.Name == demo.Name, ct))
            {
                Add(db, trail, demo, await accounts.FindAsync(demo.Account, ct));
            }
        }

        await db.SaveChangesAsync(ct);
        foreach (var demo in Projects)
        {
            await MeetObligationsAsync(db, trail, demo, await accounts.FindAsync(demo.Account, ct), await accounts.FindAsync("admin", ct), ct);
        }

        await db.SaveChangesAsync(ct);
        await accounts.RecordProjectsAsync(
            context, Projects.ToDictionary(p => p.Account, IReadOnlyList<string> (p) => [p.Name], StringComparer.Ordinal), ct);
    }

    private void Add(PortalDb db, AuditTrail trail, DemoProject demo, Guid account)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var today = TokyoDay.Today(clock);
        var lastDay = today.AddYears(1).AddDays(-1);
        var contract = demo.Exemption is { } reason ? ProjectContract.ExemptFromFee(reason) : ProjectContract.WithYearlyFee();
        contract.SignAgreement(today, lastDay);
        if (demo.IsPaid)
        {
            contract.RecordPayment(lastDay);
        }

        var organisation = Organisation.Register(demo.Organisation, demo.Kind, now);
        var project = Project.Approve(demo.Name, demo.Title, organisation.Id, contract, releases: null, keys.Create(), now);
        db.AddRange(organisation, project, Membership.Grant(project.Id, account, demo.Permissions, now));
        trail.Record(new AuditEvent(AuditAction.ProjectApproved) { Project = project.Id, Resource = $"project/{project.Id}" });

        // Refused for the one that owes its fee, which is why that one stays pending.
        if (project.Open(today) is null)
        {
            trail.Record(new AuditEvent(AuditAction.ProjectOpened) { Project = project.Id, Resource = $"project/{project.Id}" });
        }
    }

    /// <summary>Pledge and training, renewed in good time at each start: a folder that is used for years must not lapse over night.</summary>
    private async Task MeetObligationsAsync(PortalDb db, AuditTrail trail, DemoProject demo, Guid account, Guid administrator, CancellationToken ct)
    {
        var (now, today) = (clock.GetUtcNow().UtcDateTime, TokyoDay.Today(clock));
        var project = await db.Set<Project>().Where(p => p.Name == demo.Name).Select(p => p.Id).SingleAsync(ct);
        if (!await db.Set<Pledge>().AnyAsync(p => p.ProjectId == project && p.AccountId == account && p.TextVersion == PledgeText.Version, ct))
        {
            db.Add(Pledge.Sign(project, account, "en", now));
            trail.Record(new AuditEvent(AuditAction.PledgeSigned) { Actor = account, Project = project, Resource = $"pledge/{PledgeText.Version}" });
        }

        var soon = today.AddMonths(11);
        if (!await db.Set<Training>().AnyAsync(t => t.AccountId == account && t.WithdrawnAt == null && t.ValidThrough >= soon, ct))
        {
            var training = Training.Record(account, "Handling of patients' data (demo)", today, certificate: null, administrator, now);
            db.Add(training);
            trail.Record(new AuditEvent(AuditAction.TrainingRecorded) { Actor = administrator, Resource = $"training/{training.Id}" });
        }
    }

    private sealed record DemoProject(
        string Account, string Name, string Title, string Organisation, OrganisationKind Kind, DataPermission Permissions, string? Exemption, bool IsPaid);
}
