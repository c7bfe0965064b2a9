using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Identity.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221101_IdentityCredentials")]
internal sealed class IdentityCredentials : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("locale", "identity_accounts", maxLength: 8, nullable: true);
        migrationBuilder.CreateTable(
            name: "identity_credentials",
            columns: table => new
            {
                id = table.Column<Guid>(),
                last_totp_step = table.Column<long>(nullable: true),
                user_name = table.Column<string>(maxLength: 64, nullable: true),
                normalized_user_name = table.Column<string>(maxLength: 64, nullable: true),
                email_confirmed = table.Column<bool>(),
                password_hash = table.Column<string>(maxLength: 256, nullable: true),
                security_stamp = table.Column<string>(maxLength: 64, nullable: true),
                concurrency_stamp = table.Column<string>(maxLength: 64, nullable: true),
                two_factor_enabled = table.Column<bool>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_credentials", x => x.id);
                table.ForeignKey("fk_identity_credentials_identity_accounts_id", x => x.id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_credentials_normalized_user_name", "identity_credentials", "normalized_user_name", unique: true);

        migrationBuilder.CreateTable(
            name: "identity_credential_tokens",
            columns: table => new
            {
                user_id = table.Column<Guid>(),
                login_provider = table.Column<string>(maxLength: 64),
                name = table.Column<string>(maxLength: 64),
                value = table.Column<string>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_credential_tokens", x => new { x.user_id, x.login_provider, x.name });
                table.ForeignKey("fk_identity_credential_tokens_identity_credentials_user_id", x => x.user_id, "identity_credentials", "id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "identity_credential_passkeys",
            columns: table => new
            {
                credential_id = table.Column<byte[]>(maxLength: 1024),
                user_id = table.Column<Guid>(),
                data = table.Column<string>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_credential_passkeys", x => x.credential_id);
                table.ForeignKey("fk_identity_credential_passkeys_identity_credentials_user_id", x => x.user_id, "identity_credentials", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_credential_passkeys_user_id", "identity_credential_passkeys", "user_id");

        migrationBuilder.CreateTable(
            name: "identity_failure_counts",
            columns: table => new
            {
                key = table.Column<string>(maxLength: 80),
                failures = table.Column<int>(),
                locks = table.Column<int>(),
                locked_until = table.Column<DateTime>(nullable: true),
                last_at = table.Column<DateTime>(),
                version = table.Column<Guid>(),
            },
            constraints: table => table.PrimaryKey("pk_identity_failure_counts", x => x.key));
        migrationBuilder.CreateIndex("ix_identity_failure_counts_last_at", "identity_failure_counts", "last_at");

        migrationBuilder.CreateTable(
            name: "identity_used_proofs",
            columns: table => new
            {
                hash = table.Column<string>(maxLength: 64),
                expires_at = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("pk_identity_used_proofs", x => x.hash));
        migrationBuilder.CreateIndex("ix_identity_used_proofs_expires_at", "identity_used_proofs", "expires_at");

        migrationBuilder.CreateTable(
            name: "identity_links",
            columns: table => new
            {
                id = table.Column<Guid>(),
                purpose = table.Column<string>(maxLength: 64),
                account_id = table.Column<Guid>(),
                token_hash = table.Column<string>(maxLength: 64),
                email = table.Column<string>(maxLength: 320, nullable: true),
                expires_at = table.Column<DateTime>(),
                used_at = table.Column<DateTime>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_identity_links", x => x.id);
                table.ForeignKey("fk_identity_links_identity_accounts_account_id", x => x.account_id, "identity_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_identity_links_token_hash", "identity_links", "token_hash", unique: true);
        migrationBuilder.CreateIndex("ix_identity_links_account_id", "identity_links", "account_id");
    }
}
