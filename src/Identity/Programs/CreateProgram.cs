using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Programs;

/// <summary>Somebody makes a program of their own: for one project, with some of their permissions, until a day, with a key.</summary>
internal static class CreateProgram
{
    public sealed record Request
    {
        [Required, StringLength(100, MinimumLength = 1)]
        public string? Name { get; init; }

        /// <summary>Id or name.</summary>
        [Required, StringLength(100, MinimumLength = 1)]
        public string? Project { get; init; }

        [Required, Length(1, 8)]
        public IReadOnlyList<string>? Permissions { get; init; }

        /// <summary>Last day, Asia/Tokyo.</summary>
        [Required]
        public DateOnly? ExpiresOn { get; init; }

        public bool Dpop { get; init; }

        /// <summary>A public JWK; or else <see cref="Generate"/>.</summary>
        public JsonElement? PublicKey { get; init; }

        /// <summary>The portal makes an ES256 pair and shows the private half once, in this answer.</summary>
        public bool Generate { get; init; }
    }

    /// <param name="Program">What was made.</param>
    /// <param name="PrivateKey">The private JWK, when the portal made the pair. It is shown this once and kept nowhere.</param>
    public sealed record Response(ProgramView Program, JsonObject? PrivateKey);

    public static void Map(RouteGroupBuilder clients) => clients
        .MapPost("", HandleAsync)
        .WithName("CreateProgram")
        .WithSummary("Makes a program that acts for the caller in one project")
        .RequireStepUp()
        .Audited(AuditAction.ProgramCreated)
        .RequirePerson();

    private static async Task<Results<Created<Response>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Request request, CurrentUser user, IProgramProjects projects, PortalDb db, AuditTrail trail, AuditDetails details, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        if (KeyChoice.Fault(request.PublicKey, request.Generate) is { } fault)
        {
            return fault;
        }

        if (await projects.FindAsync(user.AccountId, request.Project!, ct) is not { } project)
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Project = project.Id;
        var (today, permissions) = (TokyoDay.Today(clock), request.Permissions!.Distinct(StringComparer.Ordinal).ToList());
        if (HandingOn.Check(project, permissions, request.ExpiresOn, today) is { } refusal)
        {
            return refusal.ToProblem();
        }

        var (key, secret, unfit) = KeyChoice.Make(request.PublicKey);
        if (key is null)
        {
            return unfit!.ToProblem();
        }

        var program = Program.Create(
            user.AccountId, request.Name!.Trim(), project.Id, permissions, key, request.Dpop, request.ExpiresOn!.Value, clock.GetUtcNow().UtcDateTime);
        details.Resource = $"program/{program.Id}";
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.Add(program);
        trail.Record(new AuditEvent(AuditAction.ProgramCreated) { Project = project.Id, Resource = details.Resource });
        await db.SaveChangesAsync(ct);
        if (await HandingOn.TooManyAsync(db, user.AccountId, today, ct) is { } full)
        {
            await transaction.RollbackAsync(ct);
            return full.ToProblem();
        }

        await transaction.CommitAsync(ct);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/api/v1/clients/{program.Id}", new Response(ProgramView.Of(program, project.Name, today), secret));
    }
}

/// <summary>The two ways to a key: the caller's own, or one that the portal makes.</summary>
internal static class KeyChoice
{
    public static ValidationProblem? Fault(JsonElement? publicKey, bool generate) => publicKey is null == generate
        ? null
        : Problems.Invalid("publicKey", "Either publicKey (a public JWK) or generate: true is needed, and not both.");

    public static Refusal NeedsSecondFactor() =>
        Refusal.Forbidden(ProblemCodes.MfaRequired, "Keys of programs are given out after a sign-in with a second factor only.");

    /// <summary>The key to keep; beside it the private half when the portal made it, or the refusal of one that was posted.</summary>
    public static (PublicKey? Key, JsonObject? Secret, Refusal? Refusal) Make(JsonElement? publicKey)
    {
        if (publicKey is { } posted)
        {
            var (key, refusal) = PublicKey.Read(posted);
            return (key, null, refusal);
        }

        var (made, secret) = PublicKey.Generate();
        return (made, secret, null);
    }
}
