using System.Reflection;
using System.Runtime.CompilerServices;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Architecture.Tests;

/// <summary>Between modules only Contracts are public, beside the module's class; entities never are.</summary>
public sealed class VisibilityRules(SqlitePortal portal) : IClassFixture<SqlitePortal>
{
    /// <summary>Libraries, whose public types are their purpose.</summary>
    private static readonly string[] Libraries = ["Releases", "Deidentification", "CohortEngine", "Transparency", "Synthesis", "Kernel"];

    [Fact]
    public void Modules_show_their_contracts_and_their_module_class_only()
    {
        var modules = Repository.Projects.Where(p => !Libraries.Contains(p.Name, StringComparer.Ordinal) && p.Name is not ("Host" or "Cli")).ToList();

        Assert.NotEmpty(modules);
        Assert.Empty(modules.SelectMany(m => Public(m.Assembly.GetExportedTypes(), m.Name)));
    }

    [Fact]
    public void The_host_shows_how_it_is_put_together_and_nothing_else() =>
        Assert.Equal(["PortalApplication"], typeof(Host.PortalApplication).Assembly.GetExportedTypes().Where(t => !IsGenerated(t) && t.Name != "Program").Select(t => t.Name));

    [Fact]
    public void A_public_type_outside_contracts_is_caught() =>
        Assert.Equal(["Tests: VisibilityRules"], Public([typeof(VisibilityRules)], "Tests"));

    [Fact]
    public void Entities_are_internal()
    {
        using var scope = portal.Services.CreateScope();
        var entities = scope.ServiceProvider.GetRequiredService<PortalDb>().Model.GetEntityTypes().Select(e => e.ClrType).ToList();

        Assert.NotEmpty(entities);
        Assert.Empty(Visible(entities));
    }

    [Fact]
    public void A_public_entity_is_caught() => Assert.Equal(["Actor"], Visible([typeof(Actor)]));

    private static IEnumerable<string> Public(IEnumerable<Type> exported, string module) =>
        from type in exported
        where !IsGenerated(type)
            && type.Name != module + "Module"
            && type.Namespace?.StartsWith($"DataPortal.{module}.Contracts", StringComparison.Ordinal) != true
        select $"{module}: {type.Name}";

    private static IEnumerable<string> Visible(IEnumerable<Type> entities) => entities.Where(e => e.IsVisible).Select(e => e.Name);

    /// <summary>The Razor compiler makes its components public, and with them what their parameters are made of; it knows no other way. Its class for <c>_Imports</c> is no component.</summary>
    private static bool IsGenerated(Type type) =>
        typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(type) || type.Name == "_Imports" || (type.DeclaringType is { } component && IsGenerated(component))
        || type.IsDefined(typeof(CompilerGeneratedAttribute)) || type.GetCustomAttribute<System.CodeDom.Compiler.GeneratedCodeAttribute>() is not null;
}
