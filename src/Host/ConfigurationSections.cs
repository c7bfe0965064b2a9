using DataPortal.Kernel;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DataPortal.Host;

/// <summary>
/// The configuration as handed to the modules. It remembers which sections they ask for, so that a section nobody reads, a misspelt one, is a
/// mistake and not silently without effect.
/// </summary>
internal sealed class ConfigurationSections(IConfiguration configuration) : IConfiguration
{
    private static readonly string[] Framework = ["Logging", "AllowedHosts", "urls", "contentRoot", "applicationName", "environment"];

    private readonly HashSet<string> _asked = new(Framework, StringComparer.OrdinalIgnoreCase);

    public string? this[string key]
    {
        get => Asked(key)[key];
        set => configuration[key] = value;
    }

    public IConfigurationSection GetSection(string key) => Asked(key).GetSection(key);

    public IEnumerable<IConfigurationSection> GetChildren() => configuration.GetChildren();

    public IChangeToken GetReloadToken() => configuration.GetReloadToken();

    /// <summary>Every mistake of the configuration, not only the first: an operator should not have to start five times.</summary>
    public IReadOnlyList<string> Mistakes(IServiceProvider services)
    {
        var mistakes = new List<string>();
        foreach (var check in services.GetServices<ConfigurationCheck>())
        {
            mistakes.AddRange(check.Mistakes());
        }

        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException e)
        {
            mistakes.AddRange(e.Failures);
        }
        catch (AggregateException e)
        {
            mistakes.AddRange(e.InnerExceptions.Select(inner => inner.Message));
        }

        mistakes.AddRange(configuration.GetChildren().Where(c => !_asked.Contains(c.Key)).Select(c => $"{c.Key}: nothing reads this section."));
        return [.. mistakes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private IConfiguration Asked(string key)
    {
        _asked.Add(key.Split(':')[0]);
        return configuration;
    }
}
