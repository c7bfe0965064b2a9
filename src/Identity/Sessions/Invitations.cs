namespace DataPortal.Identity.Sessions;

internal sealed class Invitations
{
    public Task<Guid?> AcceptFromOutsideAsync(string email, bool isVerified, string subject, CancellationToken ct) => Task.FromResult<Guid?>(null);
}
