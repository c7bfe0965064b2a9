using DataPortal.Audit.Contracts;

namespace DataPortal.Identity.Accounts;

internal static class AccountActions
{
    extension(AuditAction)
    {
        public static AuditAction AccountCreated => new("account.created");

        public static AuditAction AccountSignedIn => new("account.signed-in");

        /// <summary>Too many wrong passwords or codes; the resource is missing when nobody has the address.</summary>
        public static AuditAction SignInLocked => new("sign-in.locked");

        public static AuditAction ConsentDecided => new("consent.decided");

        public static AuditAction ProfileChanged => new("account.profile.changed");

        public static AuditAction PasswordSet => new("account.password.set");

        public static AuditAction PasswordResetRequested => new("account.password.reset-requested");

        public static AuditAction SecondFactorAdded => new("account.second-factor.added");

        public static AuditAction SecondFactorRemoved => new("account.second-factor.removed");

        public static AuditAction RecoveryCodesMade => new("account.recovery-codes.made");

        public static AuditAction RecoveryCodeUsed => new("account.recovery-code.used");

        public static AuditAction PasskeyAdded => new("account.passkey.added");

        public static AuditAction PasskeyRenamed => new("account.passkey.renamed");

        public static AuditAction PasskeyRemoved => new("account.passkey.removed");

        public static AuditAction AddressChangeRequested => new("account.address.change-requested");

        public static AuditAction AddressChanged => new("account.address.changed");

        public static AuditAction SignedOutEverywhere => new("account.signed-out-everywhere");

        public static AuditAction PeopleRead => new("people.read");

        public static AuditAction PersonInvited => new("person.invited");

        public static AuditAction InvitationSentAgain => new("invitation.sent-again");

        public static AuditAction InvitationWithdrawn => new("invitation.withdrawn");

        public static AuditAction InvitationAccepted => new("invitation.accepted");

        public static AuditAction RolesChanged => new("person.roles.changed");

        public static AuditAction RoleRequested => new("person.role.requested");

        public static AuditAction RoleApproved => new("person.role.approved");

        public static AuditAction RoleRejected => new("person.role.rejected");

        public static AuditAction PersonDisabled => new("person.disabled");

        public static AuditAction PersonEnabled => new("person.enabled");

        public static AuditAction SecondFactorReset => new("person.second-factor.reset");

        public static AuditAction PersonSignedOut => new("person.signed-out");
    }
}
