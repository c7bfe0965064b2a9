using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Exports.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202601010500_ExportTables")]
internal sealed class ExportTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "exports_exports",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                account_id = table.Column<Guid>(nullable: false),
                subject = table.Column<string>(maxLength: 255, nullable: false),
                client_id = table.Column<string>(maxLength: 255, nullable: false),
                project_id = table.Column<Guid>(nullable: false),
                project_name = table.Column<string>(maxLength: 64, nullable: false),
                release = table.Column<string>(maxLength: 64, nullable: false),
                query = table.Column<string>(nullable: false),
                profile = table.Column<string>(maxLength: 64, nullable: false),
                includes_germline = table.Column<bool>(nullable: false),
                state = table.Column<string>(maxLength: 64, nullable: false),
                epoch = table.Column<int>(nullable: false),
                attempt = table.Column<int>(nullable: false),
                version = table.Column<Guid>(nullable: false),
                requested_at = table.Column<DateTime>(nullable: false),
                finished_at = table.Column<DateTime>(nullable: true),
                expires_at = table.Column<DateTime>(nullable: true),
                cases = table.Column<int>(nullable: true),
                cases_done = table.Column<int>(nullable: false),
                consent_digest = table.Column<string>(maxLength: 64, nullable: true),
                consent_taken = table.Column<DateTime>(nullable: true),
                chunk_cases = table.Column<int>(nullable: false),
                failure_code = table.Column<string>(maxLength: 64, nullable: true),
                failure_message = table.Column<string>(maxLength: 1000, nullable: true),
                folder = table.Column<string>(maxLength: 64, nullable: true),
                idempotency_key = table.Column<string>(maxLength: 255, nullable: true),
                request_hash = table.Column<string>(maxLength: 64, nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_exports_exports", e => e.id));
        migrationBuilder.CreateIndex("ix_exports_exports_account_id_id", "exports_exports", ["account_id", "id"]);
        migrationBuilder.CreateIndex("ix_exports_exports_account_id_idempotency_key", "exports_exports", ["account_id", "idempotency_key"], unique: true);
        migrationBuilder.CreateIndex("ix_exports_exports_state_expires_at", "exports_exports", ["state", "expires_at"]);

        migrationBuilder.CreateTable(
            "exports_chunks",
            table => new
            {
                export_id = table.Column<Guid>(nullable: false),
                number = table.Column<int>(nullable: false),
                epoch = table.Column<int>(nullable: false),
                cases = table.Column<int>(nullable: false),
                rows = table.Column<string>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_exports_chunks", c => new { c.export_id, c.number });
                table.ForeignKey("fk_exports_chunks_exports_exports_export_id", c => c.export_id, "exports_exports", "id", onDelete: ReferentialAction.Cascade);
            });
    }
}
