using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Identity.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221300_IdentityPrograms")]
internal sealed class IdentityPrograms : Migration
{
    private const string Table = "identity_clients";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("name", Table, maxLength: 100, nullable: true);
        migrationBuilder.AddColumn<Guid>("project_id", Table, nullable: true);
        migrationBuilder.AddColumn<string>("permissions", Table, maxLength: 200, nullable: true);
        migrationBuilder.AddColumn<string>("public_keys", Table, nullable: true);
        migrationBuilder.AddColumn<bool>("dpop_bound", Table, nullable: true);
        migrationBuilder.AddColumn<DateOnly>("expires_on", Table, nullable: true);
        migrationBuilder.AddColumn<DateTime>("revoked_at", Table, nullable: true);
        migrationBuilder.AddColumn<Guid>("revoked_by", Table, nullable: true);
        migrationBuilder.AddColumn<DateTime>("last_used_at", Table, nullable: true);
        migrationBuilder.AddColumn<Guid>("version", Table, nullable: true);
    }
}
