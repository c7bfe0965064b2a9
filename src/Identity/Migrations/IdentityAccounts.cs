using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Identity.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202601010200_IdentityAccounts")]
internal sealed class IdentityAccounts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "identity_accounts",
            columns: table => new
            {
                id = table.Column<Guid>(),
                subject = table.Column<string>(maxLength: 255),
                name = table.Column<string>(maxLength: 200),
                email = table.Column<string>(maxLength: 320),
                is_disabled = table.Column<bool>(),
                is_demo = table.Column<bool>(),
                created_at = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("pk_identity_accounts", x => x.id));
        migrationBuilder.CreateIndex("ix_identity_accounts_subject", "identity_accounts", "subject", unique: true);
        migrationBuilder.CreateIndex("ix_identity_accounts_email", "identity_accounts", "email", unique: true);

        migrationBuilder.CreateTable(
            name: "identity_account_roles",
            columns: table => new
            {
                account_id = table.Column<Guid>(),
                role = table.Column<string>(maxLength: 64),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_account_roles", x => new { x.account_id, x.role });
                table.ForeignKey(
                    "fk_identity_account_roles_identity_accounts_account_id", x => x.account_id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "identity_clients",
            columns: table => new
            {
                id = table.Column<string>(maxLength: 200),
                account_id = table.Column<Guid>(),
                created_at = table.Column<DateTime>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_clients", x => x.id);
                table.ForeignKey(
                    "fk_identity_clients_identity_accounts_account_id", x => x.account_id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_clients_account_id", "identity_clients", "account_id");
    }
}
