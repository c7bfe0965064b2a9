using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Programs;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Evaluation;

/// <summary>The accounts that always exist in evaluation mode, each with a client that stands for it.</summary>
internal sealed class DemoAccounts(PortalDb db, AuditTrail trail, IUserStore<Credential> credentials, NormalisingHasher hasher, RunMode mode, TimeProvider clock) : IDemoAccounts
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

    /// <summary>
    /// Lets a person sign in as the account with what <c>demo.json</c> holds. What they have changed in the portal since stays, unless the file is new: its old secrets are
    /// lost then, and with them the way in.
    /// </summary>
    public async Task LetSignInAsync(string name, string password, string totpSecret, bool isNew, CancellationToken ct)
    {
        RequireEvaluation();
        var email = Email(name);
        var account = await db.Set<Account>().SingleAsync(a => a.IsDemo && a.Email == email, ct);
        var credential = await db.Set<Credential>().SingleOrDefaultAsync(c => c.Id == account.Id, ct);
        if (credential is not null && !isNew)
        {
            return;
        }

        if (credential is null)
        {
            credential = Credential.For(account);
            db.Add(credential);
        }

        credential.SetPassword(hasher.HashPassword(credential, password));
        await ((IUserAuthenticatorKeyStore<Credential>)credentials).SetAuthenticatorKeyAsync(credential, totpSecret, ct);
        credential.TwoFactorEnabled = true;
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
