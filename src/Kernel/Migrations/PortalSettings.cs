using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Kernel.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202601010000_PortalSettings")]
internal sealed class PortalSettings : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "portal_settings",
        table => new
        {
            name = table.Column<string>(maxLength: 64, nullable: false),
            value = table.Column<string>(maxLength: 256, nullable: false),
        },
        constraints: table => table.PrimaryKey("pk_portal_settings", s => s.name));
}
