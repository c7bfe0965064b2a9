using DataPortal.Kernel;

namespace DataPortal.Exports.Requests;

internal enum ExportState
{
    /// <summary>Waits for a worker.</summary>
    Requested,

    Running,

    /// <summary>Its files can be downloaded.</summary>
    Completed,

    /// <summary>Stopped for the reason in <see cref="Export.FailureCode"/>; can be tried again.</summary>
    Failed,

    Cancelled,

    /// <summary>Its time is over and its files are deleted.</summary>
    Expired,
}

/// <summary>
/// One extract: requested → running → completed → expired, or failed (→ requested again), or cancelled. Refuses every other move itself. Each run takes
/// the next <see cref="Epoch"/>; a run of an older one may record nothing any more, however late it wakes up.
/// </summary>
internal sealed class Export
{
    private readonly List<ExportChunk> _chunks = [];

    private Export()
    {
    }

    public Guid Id { get; private set; }

    public Guid AccountId { get; private set; }

    /// <summary>By subject and client the job finds the account again as it is then: a disabled one gets nothing more.</summary>
    public string Subject { get; private set; } = "";

    public string ClientId { get; private set; } = "";

    public Guid ProjectId { get; private set; }

    public string ProjectName { get; private set; } = "";

    public string Release { get; private set; } = "";

    /// <summary>Canonical text of the query; it parses to the same meaning whenever a run asks again.</summary>
    public string Query { get; private set; } = "";

    public string Profile { get; private set; } = "";

    /// <summary>Whether the extract holds findings of the germline: decided by the permission at the request.</summary>
    public bool IncludesGermline { get; private set; }

    public ExportState State { get; private set; }

    public int Epoch { get; private set; }

    /// <summary>How often it was put into the queue: 1, and one more with each retry. Each has a job of its own.</summary>
    public int Attempt { get; private set; }

    /// <summary>Changes with every move and every chunk, so that of two writers the second is refused.</summary>
    public Guid Version { get; private set; }

    public DateTime RequestedAt { get; private set; }

    public DateTime? FinishedAt { get; private set; }

    public DateTime? ExpiresAt { get; private set; }

    /// <summary>Cases of the cohort; null before the first run has looked.</summary>
    public int? Cases { get; private set; }

    public int CasesDone { get; private set; }

    /// <summary>Which withdrawals the chunks so far took into account; with another digest they are void.</summary>
    public string? ConsentDigest { get; private set; }

    public DateTime? ConsentTaken { get; private set; }

    /// <summary>Cases per chunk, fixed with the first one: a changed setting must not shift the borders of chunks that exist.</summary>
    public int ChunkCases { get; private set; }

    public string? FailureCode { get; private set; }

    public string? FailureMessage { get; private set; }

    /// <summary>Name of the published folder within the export's own.</summary>
    public string? Folder { get; private set; }

    public string? IdempotencyKey { get; private set; }

    /// <summary>SHA-256 of what was asked, to tell a repeated request from another one under the same key.</summary>
    public string RequestHash { get; private set; } = "";

    public IReadOnlyList<ExportChunk> Chunks => _chunks;

    public bool IsActive => State is ExportState.Requested or ExportState.Running;

    public static Export Request(ExportRequest request, DateTime now) => new()
    {
        Id = Guid.CreateVersion7(),
        AccountId = request.AccountId,
        Subject = request.Subject,
        ClientId = request.ClientId,
        ProjectId = request.ProjectId,
        ProjectName = request.ProjectName,
        Release = request.Release,
        Query = request.Query,
        Profile = request.Profile,
        IncludesGermline = request.IncludesGermline,
        IdempotencyKey = request.IdempotencyKey,
        RequestHash = request.RequestHash,
        State = ExportState.Requested,
        Attempt = 1,
        RequestedAt = now,
        Version = Guid.CreateVersion7(),
    };

    /// <summary>A worker takes it: the first time, or over from a run that died. The worker must show the new <see cref="Epoch"/> from then on.</summary>
    public Refusal? Start()
    {
        if (!IsActive)
        {
            return Illegal("started");
        }

        State = ExportState.Running;
        Epoch++;
        Changed();
        return null;
    }

    /// <summary>
    /// Says what is to be written; needs the chunks loaded. Those of a run under other withdrawals are void, as are all when one has been lost
    /// (<paramref name="isWhole"/>), and it starts again from the first case.
    /// </summary>
    public void Plan(int cases, string consentDigest, int chunkCases, bool isWhole, DateTime now)
    {
        if (!isWhole || ConsentDigest != consentDigest || Cases != cases)
        {
            _chunks.Clear();
            CasesDone = 0;
            ConsentDigest = consentDigest;
            ConsentTaken = now;
            ChunkCases = chunkCases;
            Cases = cases;
        }

        Changed();
    }

    /// <summary>Whether a run of that epoch is still the one that counts.</summary>
    public bool IsRun(int epoch) => State == ExportState.Running && Epoch == epoch;

    public void Record(int epoch, int cases, IReadOnlyDictionary<string, long> rows)
    {
        RequireRun(epoch);
        // Every chunk but the last is full; so the number follows from what is done, and the earlier ones need not be loaded.
        _chunks.Add(new ExportChunk(Id, CasesDone / ChunkCases, epoch, cases, rows));
        CasesDone += cases;
        Changed();
    }

    public void Complete(int epoch, string folder, DateTime now, TimeSpan retention)
    {
        RequireRun(epoch);
        State = ExportState.Completed;
        Folder = folder;
        FinishedAt = now;
        ExpiresAt = now + retention;
        Changed();
    }

    public void Fail(int epoch, string code, string message, DateTime now)
    {
        RequireRun(epoch);
        State = ExportState.Failed;
        FailureCode = code;
        FailureMessage = message;
        FinishedAt = now;
        Changed();
    }

    public Refusal? Cancel(DateTime now)
    {
        if (!IsActive)
        {
            return Illegal("cancelled");
        }

        State = ExportState.Cancelled;
        FinishedAt = now;
        Changed();
        return null;
    }

    /// <summary>Back into the queue; what the failed run recorded is kept and not written again.</summary>
    public Refusal? Retry()
    {
        if (State != ExportState.Failed)
        {
            return Illegal("tried again");
        }

        State = ExportState.Requested;
        Attempt++;
        (FailureCode, FailureMessage, FinishedAt) = (null, null, null);
        Changed();
        return null;
    }

    public Refusal? Expire(DateTime now)
    {
        if (State != ExportState.Completed || now < ExpiresAt)
        {
            return Illegal("expired");
        }

        State = ExportState.Expired;
        Changed();
        return null;
    }

    private Refusal Illegal(string what) =>
        Refusal.Conflict("export_state", $"An export that is {State.ToString().ToLowerInvariant()} cannot be {what}.");

    private void RequireRun(int epoch)
    {
        if (!IsRun(epoch))
        {
            throw new SupersededException();
        }
    }

    private void Changed() => Version = Guid.CreateVersion7();
}

/// <summary>What one chunk put where: parts named by number and epoch, and their rows.</summary>
internal sealed record ExportChunk(Guid ExportId, int Number, int Epoch, int Cases, IReadOnlyDictionary<string, long> Rows);

/// <summary>What somebody asked for, after it was found good.</summary>
internal sealed record ExportRequest(
    Guid AccountId, string Subject, string ClientId, Guid ProjectId, string ProjectName, string Release, string Query, string Profile,
    bool IncludesGermline, string? IdempotencyKey, string RequestHash);

/// <summary>The run is no longer the one that counts: cancelled, or taken over by another worker. It has to stop and leave everything as it is.</summary>
internal sealed class SupersededException() : Exception("Another run, or a cancellation, has overtaken this one.");
