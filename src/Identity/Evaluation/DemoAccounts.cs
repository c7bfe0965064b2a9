using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Programs;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Evaluation;

/// <summary>The accounts that always exist in evaluation mode, each with a client that stands for it.</summary>
internal sealed class DemoAccounts(PortalDb db, AuditTrail trail, RunMode mode, TimeProvider clock) : IDemoAccounts
{
    /// <summary>Names and roles; applicants and members of projects hold no role of the portal's own.</summary>
    public static readonly IReadOnlyList<(string Name, string[] Roles)> All =
    [
        ("researcher", []),
        ("pharma", []),
        ("unpaid", []),
        ("summary", []),
        ("explorer", []),
        ("hospital", [Roles.Hospital]),
        ("reviewer", [Roles.Reviewer]),
        ("steward", [Roles.Steward]),
        ("finance", [Roles.Finance]),
        ("admin", [Roles.Admin]),
        ("auditor", [Roles.Auditor]),
    ];

    // RFC 2606 keeps .invalid for names that must never resolve: no mail to a demo account can reach anybody.
    public static string Email(string name) => $"{name}@demo.invalid";

    public static string ClientId(string name) => $"demo-{name}";

    /// <summary>Adds what is missing; what exists is left as it is, so that a disabled demo account stays disabled.</summary>
    public async Task SeedAsync(CancellationToken ct)
    {
        RequireEvaluation();
        var known = await db.Set<Account>().Where(a => a.IsDemo).Select(a => a.Email).ToListAsync(ct);
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var (name, roles) in All.Where(demo => !known.Contains(Email(demo.Name), StringComparer.Ordinal)))
        {
            var account = Account.Demo(name, Email(name), roles, now);
            db.Add(account);
            db.Add(Program.For(ClientId(name), account, now));
            trail.Record(new AuditEvent(AuditAction.AccountCreated) { Resource = $"account/{account.Id}" });
        }

        await db.SaveChangesAsync(ct);
    }

    public async Task<Guid> FindAsync(string name, CancellationToken ct)
    {
        RequireEvaluation();
        var email = Email(name);
        var found = await db.Set<Account>().Where(a => a.IsDemo && a.Email == email).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(ct);
        return found ?? throw new InvalidOperationException($"There is no demo account {name}.");
    }

    public async Task RecordProjectsAsync(EvaluationContext context, IReadOnlyDictionary<string, IReadOnlyList<string>> projects, CancellationToken ct)
    {
        RequireEvaluation();
        var demo = await DemoFile.ReadAsync(context.Directory, ct) ?? throw new InvalidOperationException("demo.json is not written yet.");
        await (demo with
        {
            Accounts = [.. demo.Accounts.Select(a => projects.TryGetValue(a.Name, out var names) ? a with { Projects = names } : a)],
        }).WriteAsync(context.Directory, ct);
    }

    private void RequireEvaluation()
    {
        if (!mode.IsEvaluation)
        {
            throw new InvalidOperationException("Demo accounts exist in evaluation mode only.");
        }
    }
}
