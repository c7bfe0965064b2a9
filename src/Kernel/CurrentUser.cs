using System.Collections.Frozen;
using System.Security.Claims;

namespace DataPortal.Kernel;

/// <summary>An account as the database knows it at this moment. A token says who and which client; it never says what that person may do.</summary>
/// <param name="AccountId">The account's id in the portal.</param>
/// <param name="Subject">The subject (<c>sub</c>) by which the OpenID provider knows the account.</param>
/// <param name="Name">Display name; a personal field, never to be logged.</param>
/// <param name="Email">A personal field, never to be logged.</param>
/// <param name="ClientId">The OAuth client through which the account acts.</param>
/// <param name="Roles">Some of <see cref="DataPortal.Kernel.Roles"/>.</param>
/// <param name="IsDemo">A demo account or client of evaluation mode: exempt from MFA, step-up and the one-project rule.</param>
public sealed record Caller(Guid AccountId, string Subject, string Name, string? Email, string? ClientId, IReadOnlyCollection<string> Roles, bool IsDemo);

/// <summary>
/// Outer edge, implemented by Identity: turns a validated principal into the account it stands for, read from the database on every request.
/// Answers null for an unknown or disabled account, which is then treated as not signed in.
/// </summary>
public interface ICurrentUserSource
{
    ValueTask<Caller?> FindAsync(ClaimsPrincipal principal, CancellationToken ct);
}

/// <summary>Who is asking, for the length of one request or one job (scoped).</summary>
public sealed class CurrentUser
{
    private Caller? _caller;
    private FrozenSet<string> _roles = [];

    public bool IsAuthenticated => _caller is not null;

    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint lacks a policy.</exception>
    public Guid AccountId => Required.AccountId;

    /// <inheritdoc cref="AccountId"/>
    public string Subject => Required.Subject;

    /// <inheritdoc cref="AccountId"/>
    public string Name => Required.Name;

    public string? Email => _caller?.Email;

    public string? ClientId => _caller?.ClientId;

    public IReadOnlySet<string> Roles => _roles;

    public bool IsDemo => _caller?.IsDemo ?? false;

    private Caller Required => _caller ?? throw new InvalidOperationException("Nobody is signed in.");

    public bool IsIn(string role) => _roles.Contains(role);

    /// <summary>Set once per scope: by the request pipeline, or by a job that acts for an account.</summary>
    /// <exception cref="InvalidOperationException">The scope acts for somebody already.</exception>
    public void ActAs(Caller caller)
    {
        if (_caller is not null)
        {
            throw new InvalidOperationException("This scope acts for an account already.");
        }

        _caller = caller;
        _roles = caller.Roles.ToFrozenSet(StringComparer.Ordinal);
    }
}
