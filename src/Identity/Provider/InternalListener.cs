using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Provider;

/// <summary>
/// Where the bundled provider reaches its storage: a listener of its own, on a Unix socket that only this user can open (or on loopback), behind a random
/// key. The portal's public listener knows none of its routes, so that no proxy and no mistake in a policy can open them; it knows none of the portal's.
/// </summary>
internal sealed class InternalListener(IServiceScopeFactory scopes, IOptions<ProviderOptions> options, ILogger<InternalListener> log) : IAsyncDisposable
{
    private const int KeyBytes = 32;
    private const long LargestRequest = 256 * 1024;

    /// <summary><c>sun_path</c> holds 108 bytes with the closing zero, 104 on some systems.</summary>
    private const int LongestSocketPath = 100;

    private readonly string _key = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(KeyBytes));
    private WebApplication? _app;
    private DirectoryInfo? _folder;

    /// <summary>How to get in. For the provider's configuration file, which is for this user's eyes only.</summary>
    internal sealed record Entrance(string? Socket, int? Port, string Key);

    /// <summary>A private folder that ends with the portal.</summary>
    public string Folder => (_folder ?? throw new InvalidOperationException("The listener is not running.")).FullName;

    public async Task<Entrance> StartAsync(CancellationToken ct)
    {
        if (_app is not null)
        {
            throw new InvalidOperationException("The provider's storage listens already.");
        }

        _folder = PrivateFolder();
        var socket = options.Value.StoragePort is null ? Path.Combine(_folder.FullName, "s") : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // Signals and logs are the portal's business; this listener starts and ends by its hand.
        builder.Services.AddSingleton<IHostLifetime, Silent>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            if (socket is null)
            {
                kestrel.Listen(IPAddress.Loopback, options.Value.StoragePort!.Value, Plain);
            }
            else
            {
                kestrel.ListenUnixSocket(socket, Plain);
            }
        });
        _app = builder.Build();
        _app.Use(AnswerAsync);
        _app.UseRouting();
        var routes = _app.MapGroup("/internal/openid");
        InternalStorage.Map(routes);
        InternalKnowledge.Map(routes);
        await _app.StartAsync(ct);
        if (socket is not null && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new Entrance(socket, options.Value.StoragePort, _key);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (_folder is { Exists: true } folder)
        {
            folder.Delete(recursive: true);
            _folder = null;
        }
    }

    /// <summary>The key first, whatever the path; then the portal's own services, in a scope per request.</summary>
    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (!HasKey(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var own = context.RequestServices;
        await using var scope = scopes.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            log.InternalRequestFailed(e, context.Request.Path);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (OperationCanceledException)
        {
            // The provider has gone, and nobody waits for an answer.
        }
        finally
        {
            context.RequestServices = own;
        }
    }

    /// <summary>Hashes are compared, so that neither length nor content of what was sent shows in the time taken.</summary>
    private bool HasKey(HttpRequest request) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString())), SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + _key)));

    private static void Plain(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;

    /// <summary>In the folder for temporary files, with a random name: paths of data folders may be too long for a socket, or shared between machines.</summary>
    private static DirectoryInfo PrivateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("portal-"); // 0700
        if (folder.FullName.Length <= LongestSocketPath)
        {
            return folder;
        }

        folder.Delete();
        throw new InvalidOperationException($"The path {folder.FullName} is too long for a socket: set TMPDIR to a shorter folder, or Provider:StoragePort.");
    }

    private sealed class Silent : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
