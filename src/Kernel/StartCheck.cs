namespace DataPortal.Kernel;

/// <summary>Something that must hold before the portal listens, implemented by modules. Runs once the database is known to be migrated.</summary>
public interface IStartCheck
{
    /// <returns>Why the portal must not start, or null.</returns>
    Task<Refusal?> CheckAsync(CancellationToken ct);
}
