using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Jobs.Core")]
[assembly: InternalsVisibleTo("Jobs.Postgres")]
[assembly: InternalsVisibleTo("Jobs.Testing")]
[assembly: InternalsVisibleTo("Jobs.Core.Tests")]
[assembly: InternalsVisibleTo("Jobs.Grains.Contracts")]
[assembly: InternalsVisibleTo("Jobs.Grains")]
[assembly: InternalsVisibleTo("Jobs.Client")]
[assembly: InternalsVisibleTo("Jobs.Cluster.Tests")]
