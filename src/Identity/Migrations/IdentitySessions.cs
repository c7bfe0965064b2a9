using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Identity.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221200_IdentitySessions")]
internal sealed class IdentitySessions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<DateTime>("signed_out_at", "identity_accounts", nullable: true);

        migrationBuilder.CreateTable(
            name: "identity_key_ring",
            columns: table => new
            {
                id = table.Column<Guid>(),
                name = table.Column<string>(maxLength: 200),
                xml = table.Column<string>(),
                stored_at = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("pk_identity_key_ring", x => x.id));
        migrationBuilder.CreateIndex("ix_identity_key_ring_name", "identity_key_ring", "name", unique: true);

        migrationBuilder.CreateTable(
            name: "identity_used_ids",
            columns: table => new
            {
                id = table.Column<string>(maxLength: 64),
                expires_at = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("pk_identity_used_ids", x => x.id));
        migrationBuilder.CreateIndex("ix_identity_used_ids_expires_at", "identity_used_ids", "expires_at");

        migrationBuilder.CreateTable(
            name: "identity_sessions",
            columns: table => new
            {
                id = table.Column<Guid>(),
                key_hash = table.Column<string>(maxLength: 64),
                account_id = table.Column<Guid>(),
                subject = table.Column<string>(maxLength: 255),
                provider_session = table.Column<string>(maxLength: 255, nullable: true),
                client_id = table.Column<string>(maxLength: 200),
                acr = table.Column<string>(maxLength: 255, nullable: true),
                amr = table.Column<string>(maxLength: 255),
                authenticated_at = table.Column<DateTime>(nullable: true),
                signed_in_at = table.Column<DateTime>(),
                last_seen_at = table.Column<DateTime>(),
                ends_at = table.Column<DateTime>(),
                id_token = table.Column<string>(),
                user_agent = table.Column<string>(maxLength: 400, nullable: true),
                address = table.Column<string>(maxLength: 64, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_sessions", x => x.id);
                table.ForeignKey(
                    "fk_identity_sessions_identity_accounts_account_id", x => x.account_id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_sessions_key_hash", "identity_sessions", "key_hash", unique: true);
        migrationBuilder.CreateIndex("ix_identity_sessions_account_id", "identity_sessions", "account_id");
        migrationBuilder.CreateIndex("ix_identity_sessions_provider_session", "identity_sessions", "provider_session");
        migrationBuilder.CreateIndex("ix_identity_sessions_subject", "identity_sessions", "subject");
        migrationBuilder.CreateIndex("ix_identity_sessions_ends_at", "identity_sessions", "ends_at");
    }
}
