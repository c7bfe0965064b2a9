using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>Whom a program's own token stands for, read anew at every request: revoking it, or disabling its owner, bites at the next one.</summary>
internal sealed class ProgramOfToken(PortalDb db, RunMode mode, TimeProvider clock)
{
    private static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromHours(1);

    /// <summary>Null when the program is unknown, revoked or past its day, or when its owner may not act.</summary>
    public async Task<Caller?> FindAsync(string clientId, CancellationToken ct)
    {
        var program = await db.Set<Program>().AsNoTracking().Include(p => p.Account.Roles).SingleOrDefaultAsync(p => p.Id == clientId, ct);

        // A database that once served evaluation must not bring its accounts, whose secrets lie in a file, into production.
        if (program?.Account is not { IsDisabled: false } owner || (owner.IsDemo && !mode.IsEvaluation))
        {
            return null;
        }

        var caller = new Caller(owner.Id, owner.Subject, owner.Name, owner.Email, clientId, [], IsDemo: false);
        if (program.ProjectId is not { } project)
        {
            return owner.IsDemo ? caller with { Roles = [.. owner.Roles.Select(r => r.Role)], IsDemo = true } : null;
        }

        // A program has none of its owner's roles. One role forbids instead of allowing, and must not be shed by asking through a program.
        if (!program.IsLive(TokyoDay.Today(clock)) || owner.Roles.Any(r => r.Role == Roles.Steward))
        {
            return null;
        }

        await NoteUseAsync(program, ct);
        return caller with { HasSecondFactor = true, Program = new ProgramLimits(project, program.Permissions) };
    }

    private async Task NoteUseAsync(Program program, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var stale = now - UseIsNotedEvery;
        if (program.LastUsedAt is null || program.LastUsedAt < stale)
        {
            await db.Set<Program>().Where(p => p.Id == program.Id && (p.LastUsedAt == null || p.LastUsedAt < stale))
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.LastUsedAt, now), ct);
        }
    }
}
