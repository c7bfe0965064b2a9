using System.CommandLine;
using DataPortal.Host.Serving;

var root = new RootCommand("The server of DataPortal. People use the `portal` command, which calls this.")
{
    Serve.Command(),
    Migrate.Command(),
    BootstrapAdmin.Command(),
    Evaluate.Command(),
};
return await root.Parse(args).InvokeAsync();
