using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Identity.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221102_IdentityPeople")]
internal sealed class IdentityPeople : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "identity_invitations",
            columns: table => new
            {
                id = table.Column<Guid>(),
                email = table.Column<string>(maxLength: 320),
                name = table.Column<string>(maxLength: 200),
                locale = table.Column<string>(maxLength: 8),
                role_names = table.Column<string>(maxLength: 200),
                token_hash = table.Column<string>(maxLength: 64),
                invited_by = table.Column<Guid>(nullable: true),
                account_id = table.Column<Guid>(nullable: true),
                created_at = table.Column<DateTime>(),
                expires_at = table.Column<DateTime>(),
                accepted_at = table.Column<DateTime>(nullable: true),
                withdrawn_at = table.Column<DateTime>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_identity_invitations", x => x.id));
        migrationBuilder.CreateIndex("ix_identity_invitations_token_hash", "identity_invitations", "token_hash", unique: true);
        migrationBuilder.CreateIndex("ix_identity_invitations_email", "identity_invitations", "email");

        migrationBuilder.CreateTable(
            name: "identity_role_requests",
            columns: table => new
            {
                id = table.Column<Guid>(),
                account_id = table.Column<Guid>(),
                role = table.Column<string>(maxLength: 64),
                requested_by = table.Column<Guid>(),
                requested_at = table.Column<DateTime>(),
                state = table.Column<string>(maxLength: 64),
                decided_by = table.Column<Guid>(nullable: true),
                decided_at = table.Column<DateTime>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_role_requests", x => x.id);
                table.ForeignKey("fk_identity_role_requests_identity_accounts_account_id", x => x.account_id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_role_requests_account_id", "identity_role_requests", "account_id");

        migrationBuilder.CreateTable(
            name: "identity_account_notes",
            columns: table => new
            {
                id = table.Column<Guid>(),
                account_id = table.Column<Guid>(),
                action = table.Column<string>(maxLength: 64),
                reason = table.Column<string>(maxLength: 500),
                by = table.Column<Guid>(),
                at = table.Column<DateTime>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_account_notes", x => x.id);
                table.ForeignKey("fk_identity_account_notes_identity_accounts_account_id", x => x.account_id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_account_notes_account_id", "identity_account_notes", "account_id");
    }
}
