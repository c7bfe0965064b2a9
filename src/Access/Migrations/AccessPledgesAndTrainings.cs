using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Access.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221301_AccessPledgesAndTrainings")]
internal sealed class AccessPledgesAndTrainings : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "access_pledges",
            table => new
            {
                project_id = table.Column<Guid>(nullable: false),
                account_id = table.Column<Guid>(nullable: false),
                text_version = table.Column<string>(maxLength: 20, nullable: false),
                language = table.Column<string>(maxLength: 2, nullable: false),
                text_sha256 = table.Column<string>(maxLength: 64, nullable: false),
                signed_at = table.Column<DateTime>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_access_pledges", x => new { x.project_id, x.account_id, x.text_version });
                table.ForeignKey(
                    "fk_access_pledges_access_projects_project_id", x => x.project_id, "access_projects", "id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "access_trainings",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                account_id = table.Column<Guid>(nullable: false),
                course = table.Column<string>(maxLength: 200, nullable: false),
                completed_on = table.Column<DateOnly>(nullable: false),
                valid_through = table.Column<DateOnly>(nullable: false),
                certificate = table.Column<string>(maxLength: 200, nullable: true),
                recorded_by = table.Column<Guid>(nullable: false),
                recorded_at = table.Column<DateTime>(nullable: false),
                withdrawn_at = table.Column<DateTime>(nullable: true),
                withdrawn_by = table.Column<Guid>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_access_trainings", x => x.id));
        migrationBuilder.CreateIndex(
            "ix_access_trainings_account_id_course_completed_on", "access_trainings", ["account_id", "course", "completed_on"], unique: true, filter: "withdrawn_at IS NULL");
    }
}
