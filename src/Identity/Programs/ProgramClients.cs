using System.Text.Json.Nodes;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>People's programs, as clients of the bundled provider.</summary>
internal sealed class ProgramClients(PortalDb db, TimeProvider clock) : IKnownClients
{
    public async Task<JsonObject?> FindAsync(string clientId, CancellationToken ct) =>
        await db.Set<Program>().AsNoTracking().Include(p => p.Account).SingleOrDefaultAsync(p => p.Id == clientId, ct) is { } program
            ? program.ProviderMetadata(TokyoDay.Today(clock))
            : null;
}
