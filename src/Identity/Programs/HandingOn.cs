using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>How much of their own rights people may hand on to a program, and to how many.</summary>
internal static class HandingOn
{
    /// <summary>Live programs of one person.</summary>
    public const int MostPrograms = 20;

    /// <summary>No more than one's own permissions, and not beyond the project's last day or a year; null when it may be.</summary>
    public static Refusal? Check(ProgramProject project, IReadOnlyList<string>? permissions, DateOnly? expiresOn, DateOnly today)
    {
        if (project.LastDay is not { } lastDay)
        {
            return Refusal.Conflict("project_inactive", $"The project {project.Name} gives no access today, and so none to a program.");
        }

        if (permissions?.Except(project.Permissions, StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
        {
            return Refusal.Forbidden(
                "permission_missing", $"Your membership of the project {project.Name} includes only: {string.Join(", ", project.Permissions)}.") with
            {
                Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["refused"] = missing.Count, ["permissions"] = project.Permissions },
            };
        }

        var latest = Min(lastDay, today.AddYears(1));
        return expiresOn < today ? Refusal.Unprocessable("expiry_past", "A program cannot end before today (Asia/Tokyo).")
            : expiresOn > latest ? Refusal.Unprocessable("expiry_too_late", FormattableString.Invariant($"A program ends with its project's last day or after a year, whichever is first: {latest:yyyy-MM-dd} at the latest.")) with
            {
                Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["latest"] = latest },
            }
            : null;
    }

    /// <summary>
    /// Whether the owner, with what this transaction has saved, has too many live programs. The owner's row is locked first: whoever makes programs
    /// at the same time counts one after the other, and sees what the one before has committed.
    /// </summary>
    public static async Task<Refusal?> TooManyAsync(PortalDb db, Guid owner, DateOnly today, CancellationToken ct)
    {
        await db.Set<Account>().Where(a => a.Id == owner).ExecuteUpdateAsync(a => a.SetProperty(x => x.CreatedAt, x => x.CreatedAt), ct);
        var live = await db.Set<Program>().CountAsync(p => p.AccountId == owner && p.ProjectId != null && p.RevokedAt == null && p.ExpiresOn >= today, ct);
        return live <= MostPrograms ? null : Refusal.Conflict("programs_full", $"You have {MostPrograms} live programs, which is the most there may be: revoke one first.");
    }

    private static DateOnly Min(DateOnly a, DateOnly b) => a < b ? a : b;
}
