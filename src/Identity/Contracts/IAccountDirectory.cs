namespace DataPortal.Identity.Contracts;

/// <summary>For modules that note something about an account, of which they know the id alone.</summary>
public interface IAccountDirectory
{
    Task<bool> ExistsAsync(Guid account, CancellationToken ct);
}
