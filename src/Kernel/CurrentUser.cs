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
public sealed record Caller(Guid AccountId, string Subject, string Name, string? Email, string? ClientId, IReadOnlyCollection<string> Roles, bool IsDemo)
{
    /// <summary>The person proved a second factor when they signed in; a program proves the key that its owner gave it, which counts as much.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>When the person last proved who they are (<c>auth_time</c>, UTC); null for programs and jobs, which cannot be asked again.</summary>
    public DateTime? AuthenticatedAt { get; init; }

    /// <summary>What a program is confined to; null for people.</summary>
    public ProgramLimits? Program { get; init; }
}

/// <summary>A program acts in one project only, and with no more than some of its owner's permissions there. It never has a role.</summary>
/// <param name="ProjectId">The project it was made for.</param>
/// <param name="Permissions">Names of permissions (<c>summary</c>, <c>records</c>, <c>download</c>, <c>germline</c>) it may use where its owner has them.</param>
public sealed record ProgramLimits(Guid ProjectId, IReadOnlyCollection<string> Permissions);

/// <summary>
/// Outer edge, implemented by Identity: turns a validated principal into the account it stands for, read from the database on every request.
/// Answers null for an unknown or disabled account, which is then treated as not signed in.
/// </summary>
public interface ICurrentUserSource
{
    ValueTask<Caller?> FindAsync(ClaimsPrincipal principal, CancellationToken ct);

    /// <summary>For a job that goes on with what somebody asked for. What they had proven of themselves was checked when they asked; everything else is read anew.</summary>
    ValueTask<Caller?> FindForJobAsync(string subject, string clientId, CancellationToken ct);
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

    /// <inheritdoc cref="Caller.HasSecondFactor"/>
    public bool HasSecondFactor => _caller is { } caller && (caller.HasSecondFactor || caller.IsDemo);

    /// <inheritdoc cref="Caller.AuthenticatedAt"/>
    public DateTime? AuthenticatedAt => _caller?.AuthenticatedAt;

    /// <inheritdoc cref="Caller.Program"/>
    public ProgramLimits? Program => _caller?.Program;

    /// <summary>The code with which a policy turned the caller away (<c>mfa_required</c>, <c>step_up_required</c>), or why nobody was found; null when it was the role that was missing, or nothing.</summary>
    public string? DenialCode { get; internal set; }

    /// <summary>For <see cref="ICurrentUserSource"/>, when it finds nobody and can say why.</summary>
    public void Deny(string code) => DenialCode = code;

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
