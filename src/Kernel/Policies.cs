using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace DataPortal.Kernel;

/// <summary>The portal's own staff. Applicants and project members are not roles: they follow from applications and projects.</summary>
public static class Roles
{
    /// <summary>Curates cases, builds and publishes releases.</summary>
    public const string Steward = "steward";

    /// <summary>Sits on the data access committee.</summary>
    public const string Reviewer = "reviewer";

    public const string Finance = "finance";

    public const string Admin = "admin";

    /// <summary>Reads the audit trail, and nothing else.</summary>
    public const string Auditor = "auditor";

    /// <summary>Registers cases on behalf of a hospital.</summary>
    public const string Hospital = "hospital";

    public static IReadOnlyList<string> All { get; } = [Steward, Reviewer, Finance, Admin, Auditor, Hospital];
}

/// <summary>Names of authorisation policies, for <c>RequireAuthorization</c>. They read <see cref="CurrentUser"/>, which is the database's view, never the token's claims.</summary>
public static class Policies
{
    public const string SignedIn = "signed-in";
    public const string Steward = Roles.Steward;
    public const string Reviewer = Roles.Reviewer;
    public const string Finance = Roles.Finance;
    public const string Admin = Roles.Admin;
    public const string Auditor = Roles.Auditor;
    public const string Hospital = Roles.Hospital;

    /// <summary>For endpoints open to more than one role.</summary>
    public static TBuilder RequireAnyRole<TBuilder>(this TBuilder endpoint, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(new AuthorizationPolicyBuilder().AddRequirements(new RoleRequirement(roles)).Build());

    /// <summary>
    /// For what weighs most (deciding, publishing, refunding, granting rights): the caller proved who they are, second factor included, within the last
    /// <see cref="StepUpWithin"/>. Add it beside the policy of the role.
    /// </summary>
    public static TBuilder RequireStepUp<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(new AuthorizationPolicyBuilder().AddRequirements(new StepUpRequirement()).Build());

    /// <summary>How long a sign-in serves for step-up.</summary>
    public static TimeSpan StepUpWithin { get; } = TimeSpan.FromMinutes(10);

    internal static void AddPortalPolicies(this AuthorizationBuilder authorization)
    {
        var signedIn = new AuthorizationPolicyBuilder().AddRequirements(new RoleRequirement([])).Build();
        authorization.AddPolicy(SignedIn, signedIn);
        foreach (var role in Roles.All)
        {
            authorization.AddPolicy(role, policy => policy.AddRequirements(new RoleRequirement([role])));
        }

        // An endpoint whose author forgot the policy is closed, not open.
        authorization.SetFallbackPolicy(signedIn);
    }
}

/// <summary>Signed in, and in one of the roles when any are named. Roles are staff's, and staff need a second factor.</summary>
internal sealed record RoleRequirement(IReadOnlyList<string> AnyOf) : IAuthorizationRequirement;

internal sealed class RoleHandler(CurrentUser user) : AuthorizationHandler<RoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (!user.IsAuthenticated)
        {
            return Task.CompletedTask;
        }

        if (requirement.AnyOf.Count > 0 && !requirement.AnyOf.Any(user.IsIn))
        {
            // Before the step-up is asked about: no fresh sign-in would help them.
            user.DenialCode = ProblemCodes.Forbidden;
            return Task.CompletedTask;
        }

        if (requirement.AnyOf.Count > 0 && !user.HasSecondFactor)
        {
            user.DenialCode = ProblemCodes.MfaRequired;
            return Task.CompletedTask;
        }

        context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

internal sealed record StepUpRequirement : IAuthorizationRequirement;

internal sealed class StepUpHandler(CurrentUser user, TimeProvider clock) : AuthorizationHandler<StepUpRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, StepUpRequirement requirement)
    {
        var isFresh = user.HasSecondFactor && user.AuthenticatedAt is { } at && clock.GetUtcNow().UtcDateTime - at <= Policies.StepUpWithin;
        if (isFresh || user.IsDemo)
        {
            context.Succeed(requirement);
        }
        else if (user.IsAuthenticated)
        {
            // A program has nobody who could sign in afresh.
            user.DenialCode ??= user.Program is null ? ProblemCodes.StepUpRequired : PeopleOnly.Code;
        }

        return Task.CompletedTask;
    }
}
