using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Access.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202601010300_AccessProjects")]
internal sealed class AccessProjects : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "access_organisations",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                name = table.Column<string>(maxLength: 200, nullable: false),
                kind = table.Column<string>(maxLength: 64, nullable: false),
                created_at = table.Column<DateTime>(nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_access_organisations", x => x.id));
        migrationBuilder.CreateIndex("ix_access_organisations_name", "access_organisations", "name", unique: true);

        migrationBuilder.CreateTable(
            "access_projects",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                name = table.Column<string>(maxLength: 64, nullable: false),
                title = table.Column<string>(maxLength: 300, nullable: false),
                organisation_id = table.Column<Guid>(nullable: false),
                state = table.Column<string>(maxLength: 64, nullable: false),
                suspension_reason = table.Column<string>(maxLength: 1000, nullable: true),
                fee_class = table.Column<string>(maxLength: 64, nullable: false),
                exemption_reason = table.Column<string>(maxLength: 1000, nullable: true),
                agreement_from = table.Column<DateOnly>(nullable: true),
                agreement_until = table.Column<DateOnly>(nullable: true),
                paid_until = table.Column<DateOnly>(nullable: true),
                covers_every_release = table.Column<bool>(nullable: false),
                protected_key = table.Column<byte[]>(nullable: false),
                created_at = table.Column<DateTime>(nullable: false),
                version = table.Column<Guid>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_access_projects", x => x.id);
                table.ForeignKey(
                    "fk_access_projects_access_organisations_organisation_id", x => x.organisation_id, "access_organisations", "id",
                    onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("ix_access_projects_name", "access_projects", "name", unique: true);
        migrationBuilder.CreateIndex("ix_access_projects_organisation_id", "access_projects", "organisation_id");

        migrationBuilder.CreateTable(
            "access_project_releases",
            table => new
            {
                project_id = table.Column<Guid>(nullable: false),
                release = table.Column<string>(maxLength: 100, nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_access_project_releases", x => new { x.project_id, x.release });
                table.ForeignKey(
                    "fk_access_project_releases_access_projects_project_id", x => x.project_id, "access_projects", "id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "access_memberships",
            table => new
            {
                project_id = table.Column<Guid>(nullable: false),
                account_id = table.Column<Guid>(nullable: false),
                permissions = table.Column<string>(maxLength: 64, nullable: false),
                granted_at = table.Column<DateTime>(nullable: false),
                ended_at = table.Column<DateTime>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_access_memberships", x => new { x.project_id, x.account_id });
                table.ForeignKey(
                    "fk_access_memberships_access_projects_project_id", x => x.project_id, "access_projects", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_access_memberships_account_id", "access_memberships", "account_id");
    }
}
