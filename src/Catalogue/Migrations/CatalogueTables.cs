using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Catalogue.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202601010400_CatalogueTables")]
internal sealed class CatalogueTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "catalogue_releases",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                name = table.Column<string>(maxLength: 64, nullable: false),
                source = table.Column<string>(maxLength: 32, nullable: false),
                state = table.Column<string>(maxLength: 64, nullable: false),
                cases = table.Column<int>(nullable: false),
                patients = table.Column<int>(nullable: false),
                data_cutoff = table.Column<DateOnly>(nullable: true),
                manifest_sha256 = table.Column<string>(maxLength: 64, nullable: true),
                created_at = table.Column<DateTime>(nullable: false),
                sealed_at = table.Column<DateTime>(nullable: true),
                published_at = table.Column<DateTime>(nullable: true),
                withdrawn_at = table.Column<DateTime>(nullable: true),
                version = table.Column<Guid>(nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_catalogue_releases", x => x.id));
        migrationBuilder.CreateIndex("ix_catalogue_releases_name", "catalogue_releases", "name", unique: true);

        migrationBuilder.CreateTable(
            "catalogue_default_release",
            table => new
            {
                id = table.Column<int>(nullable: false),
                release = table.Column<string>(maxLength: 64, nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_catalogue_default_release", x => x.id));

        migrationBuilder.CreateTable(
            "catalogue_registrations",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                format = table.Column<string>(maxLength: 32, nullable: false),
                release = table.Column<string>(maxLength: 64, nullable: false),
                publish = table.Column<bool>(nullable: false),
                state = table.Column<string>(maxLength: 64, nullable: false),
                stage = table.Column<string>(maxLength: 32, nullable: true),
                done = table.Column<double>(nullable: false),
                cases = table.Column<int>(nullable: false),
                code = table.Column<string>(maxLength: 64, nullable: true),
                message = table.Column<string>(maxLength: 1000, nullable: true),
                requested_by = table.Column<Guid>(nullable: false),
                requested_at = table.Column<DateTime>(nullable: false),
                started_at = table.Column<DateTime>(nullable: true),
                finished_at = table.Column<DateTime>(nullable: true),
                report = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_catalogue_registrations", x => x.id));
        migrationBuilder.CreateIndex("ix_catalogue_registrations_state", "catalogue_registrations", "state");
        migrationBuilder.CreateIndex("ix_catalogue_registrations_requested_by_requested_at", "catalogue_registrations", ["requested_by", "requested_at"]);
    }
}
