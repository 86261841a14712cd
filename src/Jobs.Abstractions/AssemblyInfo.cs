using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Jobs.Core")]
[assembly: InternalsVisibleTo("Jobs.Testing")]
[assembly: InternalsVisibleTo("Jobs.Core.Tests")]
