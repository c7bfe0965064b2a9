using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>Rotation, first half: the next key is added beside the one in use. <see cref="RemoveProgramKey"/> is the other half.</summary>
internal static class AddProgramKey
{
    public sealed record Request
    {
        /// <summary>A public JWK; or else <see cref="Generate"/>.</summary>
        public JsonElement? PublicKey { get; init; }

        public bool Generate { get; init; }
    }

    /// <inheritdoc cref="CreateProgram.Response"/>
    public sealed record Response(ProgramView Program, JsonObject? PrivateKey);

    public static void Map(RouteGroupBuilder clients) => clients
        .MapPost("/{id}/keys", HandleAsync)
        .WithName("AddProgramKey")
        .WithSummary("Adds a program's next key")
        .RequireStepUp()
        .Audited(AuditAction.ProgramKeyAdded)
        .RequirePerson();

    private static async Task<Results<Ok<Response>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string id, Request request, CurrentUser user, IProgramProjects projects, PortalDb db, AuditDetails details, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        if (KeyChoice.Fault(request.PublicKey, request.Generate) is { } fault)
        {
            return fault;
        }

        if (await db.Set<Program>().OwnedBy(user).SingleOrDefaultAsync(p => p.Id == id, ct) is not { } program)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Resource, details.Project) = ($"program/{program.Id}", program.ProjectId);
        var (key, secret, unfit) = KeyChoice.Make(request.PublicKey);
        if ((unfit ?? program.AddKey(key!)) is { } refusal)
        {
            return refusal.ToProblem();
        }

        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return ChangeProgram.Changed().ToProblem();
        }

        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(await ProgramView.OfAsync(program, projects, TokyoDay.Today(clock), ct), secret));
    }
}
