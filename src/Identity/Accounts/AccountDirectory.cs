using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Accounts;

internal sealed class AccountDirectory(PortalDb db) : IAccountDirectory
{
    public Task<bool> ExistsAsync(Guid account, CancellationToken ct) => db.Set<Account>().AnyAsync(a => a.Id == account, ct);
}
