using DataPortal.Identity.Contracts;
using DataPortal.Kernel;

namespace DataPortal.Identity.Programs;

internal enum ProgramState
{
    Live,
    Expired,
    Revoked,
}

/// <summary>A program as its owner reads it over HTTP.</summary>
/// <param name="Id">The OAuth <c>client_id</c>.</param>
/// <param name="Account">The owner's account.</param>
/// <param name="Name">As the owner calls it.</param>
/// <param name="Project">The only project in which it acts, by name.</param>
/// <param name="ProjectId">The same, by id.</param>
/// <param name="Permissions">What it may use of its owner's permissions there.</param>
/// <param name="Dpop">Whether its tokens need a proof of possession.</param>
/// <param name="ExpiresOn">Last day on which it may act (Asia/Tokyo).</param>
/// <param name="State">Whether it may act today, as far as it is its own matter.</param>
/// <param name="Keys">Its public keys, oldest first.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it last called, within an hour.</param>
/// <param name="RevokedAt">When it was revoked.</param>
internal sealed record ProgramView(
    string Id, Guid Account, string? Name, string? Project, Guid ProjectId, IReadOnlyList<string> Permissions, bool Dpop, DateOnly ExpiresOn, ProgramState State,
    IReadOnlyList<ProgramView.Key> Keys, DateTime CreatedAt, DateTime? LastUsedAt, DateTime? RevokedAt)
{
    public sealed record Key(string Kid, string Algorithm);

    public static ProgramView Of(Program program, string? project, DateOnly today) => new(
        program.Id, program.AccountId, program.Name, project, program.ProjectId!.Value, program.Permissions, program.IsDpopBound == true, program.ExpiresOn!.Value,
        program.RevokedAt is not null ? ProgramState.Revoked : program.IsLive(today) ? ProgramState.Live : ProgramState.Expired,
        [.. program.Keys.Select(k => new Key(k.Id, k.Algorithm))], program.CreatedAt, program.LastUsedAt, program.RevokedAt);

    public static async Task<ProgramView> OfAsync(Program program, IProgramProjects projects, DateOnly today, CancellationToken ct) =>
        Of(program, (await projects.NamesAsync([program.ProjectId!.Value], ct)).GetValueOrDefault(program.ProjectId.Value), today);
}

internal static class ProgramQueries
{
    /// <summary>What people made; the clients of evaluation mode are nobody's to manage.</summary>
    public static IQueryable<Program> MadeByPeople(this IQueryable<Program> programs) => programs.Where(p => p.ProjectId != null);

    public static IQueryable<Program> OwnedBy(this IQueryable<Program> programs, CurrentUser user) => programs.MadeByPeople().Where(p => p.AccountId == user.AccountId);

    /// <summary>Administrators watch over everybody's programs, with the second factor that their role needs.</summary>
    public static bool MayOversee(CurrentUser user) => user.IsIn(Roles.Admin) && user.HasSecondFactor;

    public static IQueryable<Program> ReadableBy(this IQueryable<Program> programs, CurrentUser user) =>
        MayOversee(user) ? programs.MadeByPeople() : programs.OwnedBy(user);
}
