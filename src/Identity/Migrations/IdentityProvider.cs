using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Identity.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221000_IdentityProvider")]
internal sealed class IdentityProvider : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "identity_provider_store",
            columns: table => new
            {
                id = table.Column<string>(maxLength: 43),
                model = table.Column<string>(maxLength: 40),
                payload = table.Column<string>(),
                grant_id = table.Column<string>(maxLength: 43, nullable: true),
                uid = table.Column<string>(maxLength: 43, nullable: true),
                user_code = table.Column<string>(maxLength: 43, nullable: true),
                subject = table.Column<string>(maxLength: 255, nullable: true),
                client_id = table.Column<string>(maxLength: 200, nullable: true),
                expires_at = table.Column<DateTime>(),
                consumed_at = table.Column<DateTime>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_identity_provider_store", x => x.id));
        foreach (var column in (string[])["grant_id", "uid", "user_code", "subject", "client_id", "expires_at"])
        {
            migrationBuilder.CreateIndex("ix_identity_provider_store_" + column, "identity_provider_store", column);
        }

        migrationBuilder.CreateTable(
            name: "identity_provider_subjects",
            columns: table => new
            {
                subject = table.Column<string>(maxLength: 255),
                revoked_at = table.Column<DateTime>(nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_identity_provider_subjects", x => x.subject));

        migrationBuilder.CreateTable(
            name: "identity_signing_keys",
            columns: table => new
            {
                id = table.Column<string>(maxLength: 64),
                purpose = table.Column<string>(maxLength: 64),
                generation = table.Column<int>(),
                secret = table.Column<string>(),
                created_at = table.Column<DateTime>(),
                signs_from = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("pk_identity_signing_keys", x => x.id));
        migrationBuilder.CreateIndex("ix_identity_signing_keys_purpose_generation", "identity_signing_keys", ["purpose", "generation"], unique: true);
    }
}
