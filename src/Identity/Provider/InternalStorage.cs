using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Provider;

/// <summary>
/// The storage routes of the internal interface: what the provider's adapter calls, one route for each. Everything is in the body, as ids are secrets and
/// addresses end up in logs. "Not there" is an answer (200, null) and never a 404, so that a wrong turn cannot be taken for it.
/// </summary>
internal static class InternalStorage
{
    public sealed record Upsert(string Model, string Id, JsonElement Payload, int? ExpiresIn);

    public sealed record Reference(string Model, string Id);

    public sealed record Found(JsonObject? Payload);

    public sealed record Refused(string Code);

    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapPost("/upsert", UpsertAsync);
        routes.MapPost("/find", FindAsync);
        routes.MapPost("/find-by-uid", FindByUidAsync);
        routes.MapPost("/find-by-user-code", FindByUserCodeAsync);
        routes.MapPost("/consume", ConsumeAsync);
        routes.MapPost("/destroy", DestroyAsync);
        routes.MapPost("/revoke-grant", RevokeGrantAsync);
    }

    private static async Task<Results<NoContent, Conflict<Refused>>> UpsertAsync(Upsert request, [FromServices] ProviderStore store, CancellationToken ct) =>
        Answer(await store.UpsertAsync(request.Model, request.Id, request.Payload, request.ExpiresIn, ct));

    private static async Task<Ok<Found>> FindAsync(Reference request, [FromServices] ProviderStore store, CancellationToken ct) =>
        TypedResults.Ok(new Found(await store.FindAsync(request.Model, request.Id, ct)));

    private static async Task<Ok<Found>> FindByUidAsync(Reference request, [FromServices] ProviderStore store, CancellationToken ct) =>
        TypedResults.Ok(new Found(await store.FindByUidAsync(request.Model, request.Id, ct)));

    private static async Task<Ok<Found>> FindByUserCodeAsync(Reference request, [FromServices] ProviderStore store, CancellationToken ct) =>
        TypedResults.Ok(new Found(await store.FindByUserCodeAsync(request.Model, request.Id, ct)));

    private static async Task<Results<NoContent, Conflict<Refused>>> ConsumeAsync(Reference request, [FromServices] ProviderStore store, CancellationToken ct) =>
        Answer(await store.ConsumeAsync(request.Model, request.Id, ct));

    private static async Task<Results<NoContent, Conflict<Refused>>> DestroyAsync(Reference request, [FromServices] ProviderStore store, CancellationToken ct) =>
        Answer(await store.DestroyAsync(request.Model, request.Id, ct));

    private static async Task<NoContent> RevokeGrantAsync(Reference request, [FromServices] ProviderStore store, CancellationToken ct)
    {
        await store.RevokeGrantAsync(request.Id, ct);
        return TypedResults.NoContent();
    }

    private static Results<NoContent, Conflict<Refused>> Answer(StoreRefusal refusal) => refusal == StoreRefusal.None
        ? TypedResults.NoContent()
        : TypedResults.Conflict(new Refused(refusal switch
        {
            StoreRefusal.Consumed => "consumed",
            StoreRefusal.GrantGone => "grant_gone",
            StoreRefusal.SignedOut => "signed_out",
            _ => "conflict",
        }));
}
