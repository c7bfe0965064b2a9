namespace DataPortal.Kernel;

/// <summary>Port of <c>portal bootstrap-admin</c>, implemented by Identity: accounts are its business, the command line is Host's.</summary>
public interface IFirstAdministrator
{
    /// <summary>
    /// Makes the first account with the role <see cref="Roles.Admin"/>, and its audit entry, in one transaction. Refused with
    /// <c>administrator_exists</c> once there is one, disabled ones included. For the same address again, as long as nobody has followed the link, it gives a new link.
    /// </summary>
    /// <param name="email">Address of the person.</param>
    /// <param name="subject">The subject by which the OpenID provider knows the person; null for an account of the portal's own.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task<FirstAdministrator> CreateAsync(string email, string? subject, CancellationToken ct);
}

/// <param name="Refusal">Why there is none; null when there is.</param>
/// <param name="Invitation">Where the person chooses a password, once; null where another provider signs them in.</param>
public sealed record FirstAdministrator(Refusal? Refusal, Uri? Invitation);
