using System.Xml.Linq;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Keys;

/// <summary>One element of the data-protection ring: a key, its secret encrypted, or a revocation.</summary>
internal sealed record RingElement(Guid Id, string Name, string Xml, DateTime StoredAt);

internal sealed class RingElementMapping : IEntityTypeConfiguration<RingElement>
{
    public void Configure(EntityTypeBuilder<RingElement> element)
    {
        element.ToTable("identity_key_ring");
        element.Property(e => e.Id).ValueGeneratedNever();
        element.Property(e => e.Name).HasMaxLength(200);
        element.HasIndex(e => e.Name).IsUnique();
        // What was protected under a key is lost with it.
        element.IsAppendOnly();
    }
}

/// <summary>The ring in the portal's database, so that all nodes have the same. Elements are added and read, and never changed or deleted.</summary>
internal sealed class StoredKeys(IServiceScopeFactory scopes, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        var rows = scope.ServiceProvider.GetRequiredService<PortalDb>().Set<RingElement>().AsNoTracking().OrderBy(e => e.Id).Select(e => e.Xml).ToList();
        return [.. rows.Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        db.Add(new RingElement(Guid.CreateVersion7(), friendlyName, element.ToString(SaveOptions.DisableFormatting), clock.GetUtcNow().UtcDateTime));
        db.SaveChanges();
    }
}
