using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace DataPortal.Kernel;

/// <summary>The model depends on which modules are loaded; EF Core would cache it by context type alone and show one host another's tables.</summary>
internal sealed class PortalModelCacheKey : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) => (context.GetType(), ((PortalDb)context).Entities.Key, designTime);
}
