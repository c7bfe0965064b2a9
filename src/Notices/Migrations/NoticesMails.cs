using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Notices.Migrations;

[DbContext(typeof(PortalDb))]
[Migration("202611221100_NoticesMails")]
internal sealed class NoticesMails : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "notices_mails",
            columns: table => new
            {
                id = table.Column<Guid>(),
                content = table.Column<string>(nullable: true),
                attempts = table.Column<int>(),
                created_at = table.Column<DateTime>(),
                next_attempt_at = table.Column<DateTime>(),
                claimed_by = table.Column<Guid>(nullable: true),
                sent_at = table.Column<DateTime>(nullable: true),
                given_up_at = table.Column<DateTime>(nullable: true),
                last_error = table.Column<string>(maxLength: 100, nullable: true),
            },
            constraints: table => table.PrimaryKey("pk_notices_mails", x => x.id));
        migrationBuilder.CreateIndex("ix_notices_mails_sent_at_given_up_at_next_attempt_at", "notices_mails", ["sent_at", "given_up_at", "next_attempt_at"]);
    }
}
