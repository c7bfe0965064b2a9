using System.Globalization;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Quartz;

namespace DataPortal.Exports.Migrations;

/// <summary>
/// The tables of the job scheduler. Left to make them itself at its first start, it would need rights that the running role must not have. The
/// statements are the scheduler's own, for the database in use; they only create what is missing. When a later version of the package adds to them,
/// a migration of ours has to follow its <c>database/migrations</c>.
/// </summary>
[DbContext(typeof(PortalDb))]
[Migration("202601010510_QuartzTables")]
internal sealed class QuartzTables : Migration
{
    public const string Prefix = "quartz_";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var dialect = ActiveProvider == "Microsoft.EntityFrameworkCore.Sqlite" ? "sqlite" : "postgres";
        using var script = typeof(IScheduler).Assembly.GetManifestResourceStream($"Quartz.Impl.AdoJobStore.Schema.create_{dialect}.sql")
            ?? throw new InvalidOperationException($"This version of Quartz brings no schema for {dialect}.");
        using var reader = new StreamReader(script);
        foreach (var statement in reader.ReadToEnd().ReplaceLineEndings("\n").Split("\n--;;\n").Skip(1))
        {
            migrationBuilder.Sql(string.Format(CultureInfo.InvariantCulture, statement, Prefix, Prefix));
        }
    }
}
