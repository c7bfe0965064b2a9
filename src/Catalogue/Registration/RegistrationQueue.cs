using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace DataPortal.Catalogue.Registration;

/// <summary>Registrations that wait for their turn in this process, each with its folder held.</summary>
internal sealed class RegistrationQueue(IOptions<CatalogueOptions> options)
{
    private readonly Channel<(Guid Run, RunFolder Folder)> waiting = Channel.CreateUnbounded<(Guid, RunFolder)>();

    /// <summary>Asked before the upload is received. Uploads under way at that moment may exceed the length; turning one of them away after hours of sending would be worse.</summary>
    public bool IsFull => waiting.Reader.Count >= options.Value.QueueLength;

    public void Add(Guid run, RunFolder folder) => waiting.Writer.TryWrite((run, folder));

    public IAsyncEnumerable<(Guid Run, RunFolder Folder)> TakeAllAsync(CancellationToken ct) => waiting.Reader.ReadAllAsync(ct);

    /// <summary>What is still waiting when the portal stops.</summary>
    public IEnumerable<(Guid Run, RunFolder Folder)> Drain()
    {
        while (waiting.Reader.TryRead(out var next))
            yield return next;
    }
}
