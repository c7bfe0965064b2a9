using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Kernel;

/// <summary>One section of the configuration file, checked before the portal starts.</summary>
public sealed class ConfigurationCheck
{
    private readonly Func<IEnumerable<string>> _check;

    internal ConfigurationCheck(Func<IEnumerable<string>> check) => _check = check;

    /// <summary>Every mistake in the section, each as one sentence; none when it is sound.</summary>
    public IEnumerable<string> Mistakes() => _check();
}

public static class PortalOptions
{
    /// <summary>
    /// Binds and validates (data annotations) a section of the configuration. A misspelt key is a mistake, not a default: it is reported with
    /// every other mistake of the file at once.
    /// </summary>
    public static IServiceCollection AddPortalOptions<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        var values = configuration.GetSection(section);
        services.AddOptions<TOptions>().Bind(values).ValidateDataAnnotations();
        return services.AddSingleton(new ConfigurationCheck(() => Mistakes<TOptions>(values)));
    }

    /// <summary>Key by key, because the binder stops at the first value it cannot convert.</summary>
    private static List<string> Mistakes<TOptions>(IConfigurationSection section)
        where TOptions : class, new()
    {
        var mistakes = new List<string>();
        var options = new TOptions();
        foreach (var child in section.GetChildren())
        {
            var property = typeof(TOptions).GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is not { CanWrite: true })
            {
                mistakes.Add($"{child.Path}: there is no such key.");
                continue;
            }

            try
            {
                property.SetValue(options, child.Get(property.PropertyType));
            }
            catch (InvalidOperationException)
            {
                mistakes.Add($"{child.Path}: '{child.Value}' is no {Describe(property.PropertyType)}.");
            }
        }

        var broken = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), broken, validateAllProperties: true);
        mistakes.AddRange(broken.Select(b => $"{section.Key}:{string.Join(", ", b.MemberNames)}: {b.ErrorMessage}"));
        return mistakes;
    }

    private static string Describe(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(plain)).ToLowerInvariant() : plain.Name;
    }
}
