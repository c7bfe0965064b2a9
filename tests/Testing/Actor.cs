using System.Net.Http.Headers;

namespace DataPortal.Testing;

/// <summary>Somebody who uses the portal over HTTP, with an account and a valid token.</summary>
public sealed class Actor : IDisposable
{
    internal Actor(string name, Guid accountId, string subject, Uri url, string token)
    {
        (Name, AccountId, Subject) = (name, accountId, subject);
        Http = new HttpClient { BaseAddress = url };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string Name { get; }

    public Guid AccountId { get; }

    public string Subject { get; }

    public HttpClient Http { get; }

    public void Dispose() => Http.Dispose();
}
