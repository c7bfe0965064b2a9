namespace DataPortal.Kernel;

/// <summary>Port of <c>portal bootstrap-admin</c>, implemented by Identity: accounts are its business, the command line is Host's.</summary>
public interface IFirstAdministrator
{
    /// <summary>
    /// Makes the first account with the role <see cref="Roles.Admin"/>, and its audit entry, in one transaction. Refused with
    /// <c>administrator_exists</c> once there is one, disabled ones included.
    /// </summary>
    /// <param name="email">Address of the person.</param>
    /// <param name="subject">The subject by which the OpenID provider knows the person; null for an account of the portal's own.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task<Refusal?> CreateAsync(string email, string? subject, CancellationToken ct);
}
