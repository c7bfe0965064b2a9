using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Trainings;

/// <summary>An administrator takes a record back: it was somebody else's, or the certificate did not hold. It stays to be read, and counts no more.</summary>
internal static class WithdrawTraining
{
    public static void Map(RouteGroupBuilder trainings) => trainings
        .MapDelete("/{id:guid}", HandleAsync)
        .WithName("WithdrawTraining")
        .WithSummary("Takes the record of a training back")
        .RequireAuthorization(Policies.Admin)
        .Audited(AuditAction.TrainingWithdrawn);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, CurrentUser user, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        details.Resource = $"training/{id}";
        if (await db.Set<Training>().SingleOrDefaultAsync(t => t.Id == id, ct) is not { } training)
        {
            return Refusal.NotFound().ToProblem();
        }

        training.Withdraw(user.AccountId, clock.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
