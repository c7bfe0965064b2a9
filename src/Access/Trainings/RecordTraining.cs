using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Trainings;

/// <summary>An administrator, who has seen the certificate, records that somebody completed the training.</summary>
internal static class RecordTraining
{
    public sealed record Request
    {
        [Required]
        public Guid? Account { get; init; }

        [Required, StringLength(200, MinimumLength = 2)]
        public string? Course { get; init; }

        [Required]
        public DateOnly? CompletedOn { get; init; }

        [StringLength(200, MinimumLength = 1)]
        public string? Certificate { get; init; }
    }

    public static void Map(RouteGroupBuilder trainings) => trainings
        .MapPost("", HandleAsync)
        .WithName("RecordTraining")
        .WithSummary("Records an account's training")
        .RequireAuthorization(Policies.Admin)
        .RequireStepUp()
        .Audited(AuditAction.TrainingRecorded);

    private static async Task<Results<Created<ListTrainings.Item>, ProblemHttpResult>> HandleAsync(
        Request request, CurrentUser user, IAccountDirectory accounts, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        var (account, completedOn, today) = (request.Account!.Value, request.CompletedOn!.Value, TokyoDay.Today(clock));
        details.Resource = $"account/{account}";
        if (!await accounts.ExistsAsync(account, ct))
        {
            return Refusal.NotFound("There is no such account.").ToProblem();
        }

        if (completedOn > today)
        {
            return Refusal.Unprocessable("training_in_future", "A training is recorded once it is completed.").ToProblem();
        }

        if (Training.LastDay(completedOn) < today)
        {
            return Refusal.Unprocessable("training_lapsed", "This training was completed a year ago or earlier, and would count for nothing.").ToProblem();
        }

        var training = Training.Record(account, request.Course!.Trim(), completedOn, request.Certificate?.Trim(), user.AccountId, clock.GetUtcNow().UtcDateTime);
        details.Resource = $"training/{training.Id}";
        db.Add(training);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return Refusal.Conflict("training_recorded", "This training is on record already.").ToProblem();
        }

        return TypedResults.Created($"/api/v1/trainings?account={account}", ListTrainings.Describe(training, today));
    }
}
