namespace DataPortal.Kernel;

/// <summary>
/// A step of preparing evaluation mode, implemented by modules (demo accounts, demo projects, the bundled OpenID provider). Steps run in
/// order, each in a scope of its own, after migration and before the portal listens. None ever runs outside evaluation mode. A step that
/// starts something which must end with the portal also implements <see cref="IAsyncDisposable"/> and is registered as a singleton.
/// </summary>
public interface IEvaluationSetup
{
    /// <summary>Lower runs first: Identity 100, Access 200, Catalogue 300.</summary>
    int Order { get; }

    /// <summary>Idempotent: runs at every start of evaluation mode, on an empty directory and on a used one.</summary>
    Task PrepareAsync(EvaluationContext context, CancellationToken ct);
}

/// <summary>What a step of evaluation mode may know.</summary>
/// <param name="Directory">Evaluation data; <c>demo.json</c> lies here.</param>
/// <param name="Url">Where the portal will listen, without a trailing slash: <c>http://localhost:5080</c>.</param>
/// <param name="ProviderUrl">Where the bundled OpenID provider listens: the portal's port + 1.</param>
/// <param name="Services">The scope of this step.</param>
/// <param name="Seed">Seed for everything that is made up but must be the same every time.</param>
public sealed record EvaluationContext(string Directory, Uri Url, Uri ProviderUrl, IServiceProvider Services, int Seed);

/// <summary>Tells whether this process runs in evaluation mode; registered by Host, false everywhere else.</summary>
public sealed record RunMode(bool IsEvaluation);
