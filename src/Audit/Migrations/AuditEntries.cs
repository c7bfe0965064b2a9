using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Audit.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202601010100_AuditEntries")]
internal sealed class AuditEntries : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "audit_entries",
            table => new
            {
                id = table.Column<Guid>(nullable: false),
                time = table.Column<DateTime>(nullable: false),
                action = table.Column<string>(maxLength: 64, nullable: false),
                outcome = table.Column<string>(maxLength: 64, nullable: false),
                code = table.Column<string>(nullable: true),
                actor = table.Column<Guid>(nullable: true),
                client = table.Column<string>(nullable: true),
                project = table.Column<Guid>(nullable: true),
                release = table.Column<string>(nullable: true),
                resource = table.Column<string>(nullable: true),
                query = table.Column<string>(nullable: true),
                query_hash = table.Column<string>(nullable: true),
                rows = table.Column<long>(nullable: true),
                request_id = table.Column<string>(nullable: true),
                node = table.Column<string>(nullable: false),
                personal_hash = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_audit_entries", e => e.id));
        migrationBuilder.CreateIndex("ix_audit_entries_time", "audit_entries", "time");
        migrationBuilder.CreateIndex("ix_audit_entries_actor_time", "audit_entries", ["actor", "time"]);
        migrationBuilder.CreateIndex("ix_audit_entries_project_time", "audit_entries", ["project", "time"]);

        migrationBuilder.CreateTable(
            "audit_personal",
            table => new
            {
                entry_id = table.Column<Guid>(nullable: false),
                salt = table.Column<byte[]>(nullable: false),
                name = table.Column<string>(nullable: true),
                email = table.Column<string>(nullable: true),
                address = table.Column<string>(nullable: true),
                user_agent = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_audit_personal", p => p.entry_id));

        if (ActiveProvider == "Microsoft.EntityFrameworkCore.Sqlite")
        {
            // SQLite has no roles to take rights from. PostgreSQL does: `portal migrate` grants none to change entries.
            migrationBuilder.Sql("CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END");
            migrationBuilder.Sql("CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END");
        }
    }
}
