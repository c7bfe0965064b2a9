using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Accounts;

/// <summary>Who am I, and what am I here?</summary>
internal static class GetMe
{
    /// <param name="Id">The account's id.</param>
    /// <param name="Name">Display name.</param>
    /// <param name="Email">Null when the account has none.</param>
    /// <param name="ClientId">The program through which the account acts.</param>
    /// <param name="Roles">Roles in the portal, sorted; memberships of projects are at <c>/projects</c>.</param>
    /// <param name="Demo">True for the accounts of evaluation mode.</param>
    public sealed record Response(Guid Id, string Name, string? Email, string? ClientId, IReadOnlyList<string> Roles, bool Demo)
    {
        internal static Response Of(CurrentUser user) =>
            new(user.AccountId, user.Name, user.Email, user.ClientId, [.. user.Roles.Order(StringComparer.Ordinal)], user.IsDemo);
    }

    public static void Map(RouteGroupBuilder api) => api
        .MapGet("/me", Handle)
        .WithName("GetMe")
        .WithSummary("The account the access token stands for, and its roles")
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Tells callers nothing but what their own account is.");

    private static Ok<Response> Handle(CurrentUser user, CancellationToken ct) => TypedResults.Ok(Response.Of(user));
}
