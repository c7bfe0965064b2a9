using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Trainings;

/// <summary>Somebody's trainings, newest first: one's own, or, for an administrator, anybody's. One a year or so: the list needs no pages.</summary>
internal static class ListTrainings
{
    public sealed record Response(IReadOnlyList<Item> Items);

    /// <param name="Id">For withdrawing it.</param>
    /// <param name="Account">Who was trained.</param>
    /// <param name="Course">The course's name.</param>
    /// <param name="CompletedOn">Day of completion (Asia/Tokyo).</param>
    /// <param name="ValidThrough">Last day on which it counts.</param>
    /// <param name="Certificate">Number or address of the certificate.</param>
    /// <param name="State">Whether it counts today.</param>
    public sealed record Item(Guid Id, Guid Account, string Course, DateOnly CompletedOn, DateOnly ValidThrough, string? Certificate, TrainingState State);

    public static void Map(RouteGroupBuilder trainings) => trainings
        .MapGet("", HandleAsync)
        .WithName("ListTrainings")
        .WithSummary("The caller's trainings; an administrator may name another account")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.TrainingsRead)
        .RequirePerson();

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        CurrentUser user, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct, Guid? account = null)
    {
        var of = account ?? user.AccountId;
        details.Resource = $"account/{of}";
        if (of != user.AccountId && !(user.IsIn(Roles.Admin) && user.HasSecondFactor))
        {
            return Refusal.NotFound().ToProblem();
        }

        var today = TokyoDay.Today(clock);
        var trainings = await db.Set<Training>().AsNoTracking().Where(t => t.AccountId == of)
            .OrderByDescending(t => t.CompletedOn).ThenByDescending(t => t.Id).ToListAsync(ct);
        return TypedResults.Ok(new Response([.. trainings.Select(t => Describe(t, today))]));
    }

    public static Item Describe(Training training, DateOnly today) => new(
        training.Id, training.AccountId, training.Course, training.CompletedOn, training.ValidThrough, training.Certificate,
        training.WithdrawnAt is not null ? TrainingState.Withdrawn : training.ValidThrough < today ? TrainingState.Expired : TrainingState.Valid);
}

internal enum TrainingState
{
    Valid,
    Expired,
    Withdrawn,
}
