using System.Text.Json;

namespace DataPortal.Catalogue.Registration;

/// <summary>A registration as the API shows it. <c>report</c> is the import report once there is one.</summary>
internal sealed record RegistrationResponse(
    Guid Id, string Format, string Release, bool Publish, RegistrationState State, string? Stage, double Progress, int Cases, string? Code, string? Message,
    DateTime RequestedAt, DateTime? StartedAt, DateTime? FinishedAt, JsonElement? Report)
{
    public static RegistrationResponse Of(RegistrationRun run) => new(
        run.Id, run.Format, run.Release, run.Publish, run.State, run.Stage, run.Done, run.Cases, run.Code, run.Message, run.RequestedAt, run.StartedAt, run.FinishedAt,
        run.Report is null ? null : JsonElement.Parse(run.Report));
}
