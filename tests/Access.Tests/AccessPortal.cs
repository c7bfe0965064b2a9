using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DataPortal.Access.Contracts;
using DataPortal.Access.Organisations;
using DataPortal.Access.Projects;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Access.Tests;

/// <summary>The portal with one endpoint planted: it asks <see cref="IDataAccess"/> as modules do that give data.</summary>
public abstract class AccessPortal(DatabaseProvider provider) : PortalFixture(provider)
{
    internal static DateOnly Today => TokyoDay.Today(TimeProvider.System);

    protected override void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/test/data", async (string release, string needed, string? project, CurrentUser user, IDataAccess access, CancellationToken ct) =>
        {
            var result = await access.AuthorizeAsync(user, project, release, Enum.Parse<DataPermission>(needed), ct);
            return result.IsGranted
                ? (IResult)TypedResults.Ok(new
                {
                    result.Grant.Tier, result.Grant.ProjectId, result.Grant.ProjectName, Permissions = result.Grant.Permissions.ToString(), result.Grant.OrganisationId,
                    Case = result.Grant.Pseudonyms?.Case(7),
                })
                : result.Refusal.ToProblem();
        })
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Planted by a test.");

    /// <summary>A project, opened when its contract allows it, with these members, who may start at once.</summary>
    internal async Task<Project> ProjectAsync(ProjectContract contract, IReadOnlyList<string>? releases, params (Actor Actor, DataPermission Permissions)[] members)
    {
        var project = await ProjectOfNewcomersAsync(contract, releases, members);
        foreach (var (actor, _) in members)
        {
            await MeetObligationsAsync(actor);
        }

        return project;
    }

    /// <summary>The same, of members who have neither signed the pledge nor a training on record.</summary>
    internal async Task<Project> ProjectOfNewcomersAsync(ProjectContract contract, IReadOnlyList<string>? releases, params (Actor Actor, DataPermission Permissions)[] members)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var name = "p-" + Guid.CreateVersion7().ToString("N");
        var organisation = Organisation.Register("Organisation of " + name, OrganisationKind.Company, now);
        var keys = Services.GetRequiredService<ProjectKeys>();
        var project = Project.Approve(name, "Title of " + name, organisation.Id, contract, releases, keys.Create(), now);
        project.Open(Today);
        await WithDbAsync(db =>
        {
            db.AddRange(organisation, project);
            db.AddRange(members.Select(m => Membership.Grant(project.Id, m.Actor.AccountId, m.Permissions, now)));
            return db.SaveChangesAsync();
        });
        return project;
    }

    internal Task ChangeAsync(Project project, Action<Project> change) => WithDbAsync(async db =>
    {
        change(await db.Set<Project>().SingleAsync(p => p.Id == project.Id));
        return await db.SaveChangesAsync();
    });

    internal static ProjectContract InForce(int daysLeft = 100)
    {
        var contract = ProjectContract.ExemptFromFee("Public funds");
        contract.SignAgreement(Today.AddDays(-10), Today.AddDays(daysLeft));
        return contract;
    }

    internal static async Task<(HttpStatusCode Status, JsonObject Body)> AskAsync(Actor actor, DataPermission needed, string? project = null, string release = "20251024")
    {
        var query = $"?release={release}&needed={Uri.EscapeDataString(needed.ToString())}" + (project is null ? "" : $"&project={Uri.EscapeDataString(project)}");
        return await GetAsync(actor, "/test/data" + query);
    }

    internal static async Task<(HttpStatusCode Status, JsonObject Body)> GetAsync(Actor actor, string path)
    {
        using var answer = await actor.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }
}

public sealed class SqliteAccessPortal() : AccessPortal(DatabaseProvider.Sqlite);

public sealed class PostgresAccessPortal() : AccessPortal(DatabaseProvider.Postgres);
